/** Viewers of one transport that only take what they get. */
export interface ViewerLoad {
  transport: "websocket" | "whep";
  viewers: number;
}

/** What the process of the viewers is told. */
export interface DrainSettings extends ViewerLoad {
  /** Of the web server, such as `http://127.0.0.1:8080`. */
  origin: string;
  /** How long it counts, once all of them are there. */
  seconds: number;
}

/** What it tells: first that it begins and ends counting, at last what it counted. */
export type DrainMessage = "begin" | "end" | DrainReport;

/** What came of the pictures. Milliseconds are those beyond the quickest picture of all. */
export interface DrainReport {
  /** What every viewer should have got. */
  pictures: number;
  /** Of these, how many did not come, or not whole; all viewers together. */
  missing: number;
  /** Pictures that came more than 250 ms late. */
  late: number;
  p50: number;
  p99: number;
  max: number;
  /** Bytes of pictures that one viewer was sent, a second, on average. */
  bytesPerSecond: number;
  /** What all viewers together needed: the share of one core. */
  drainProcessor: number;
}

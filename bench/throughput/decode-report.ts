/** What decoding a file came to; every decoder under test tells it, the Python ones as JSON. */
export interface DecodeReport {
  /** Frames in the time of measuring, which begins with the first frame where the decoder tells it. */
  frames: number;
  seconds: number;
  /** Processor time, user and system, of every process that took part. */
  processorMs?: number;
  /** Node's part of it. */
  nodeMs?: number;
  failure?: string;
}

/** A way to stream that the menu offers. */
export interface Way {
  name: string;
  /** What it is good for, in a few words. */
  what: string;
  /** As `--output` takes it. */
  url: string;
}

/** In the order in which they are offered. */
export const WAYS: readonly Way[] = [
  {
    name: "UDP for the internet",
    what: "JPEGs in small datagrams, through NAT, for bad lines",
    url: "chunked-udp://:9999",
  },
  { name: "TCP", what: "H.264 as it is, for most programs", url: "tcp://:8000" },
  { name: "browser", what: "a page, and MJPEG for anything", url: "web://:8080" },
  { name: "RTSP", what: "players and recorders", url: "rtsp://:8554/stream" },
  { name: "multicast", what: "any number of receivers in this network", url: "udp://239.1.1.1:5000?format=ts" },
  { name: "MJPEG over TCP", what: "clients that decode nothing but JPEG", url: "mjpeg-tcp://:8888" },
];

/** The way of `glasslink send` where nobody is asked. */
export const DEFAULT_WAY = "tcp://:8000";

/** Whether an output sends JPEGs and nothing else. */
export function sendsJpegs(url: string): boolean {
  return /^(?:chunked-udp|mjpeg-tcp):/i.test(url);
}

import { StreamError } from "../../lib/errors.js";
import { openOutput } from "../outputs/index.js";
import type { Output } from "../outputs/output.js";

/** In a URL's port: that many ports further on for each camera. */
const PORT = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*:)(\d{1,5})\+n(?=[/?#]|$)/i;
const ID = "{id}";
const EXAMPLES = "udp://239.1.1.1:5000+n, rtsp-push://relay:8554/{id}";
const MAX_PORT = 65_535;

/** The outputs of many cameras, by one URL. */
export interface OutputTemplate {
  /**
   * A camera's own.
   * @param number the camera's, from 0 on
   * @throws StreamError `invalid-url` where the port would be too high
   */
  open(id: string, number: number): Output;
}

/**
 * Reads an output's URL in which `+n` behind the port adds the camera's number, and `{id}` stands for its id.
 * @throws StreamError `invalid-url`, also where nothing in it tells cameras apart
 */
export function parseOutputTemplate(text: string): OutputTemplate {
  if (!PORT.test(text) && !text.includes(ID)) {
    throw invalid(text, `each camera needs an output of its own: +n behind the port, or ${ID}, as in ${EXAMPLES}`);
  }
  const template = { open: (id: string, number: number) => openOutput(fill(text, id, number)) };
  template.open("camera", 0);
  return template;
}

function fill(text: string, id: string, number: number): string {
  return text.replaceAll(ID, id).replace(PORT, (_whole, before: string, port: string) => {
    const own = Number(port) + number;
    if (own > MAX_PORT) throw invalid(text, `camera ${id} is number ${number}: port ${own} is over ${MAX_PORT}`);
    return `${before}${own}`;
  });
}

function invalid(text: string, problem: string): StreamError {
  return new StreamError("invalid-url", `${text}: ${problem}`, { details: { url: text } });
}

import { StreamError } from "../lib/errors.js";

/** A stream and what it is called. */
export interface NamedStream {
  /** 1 to 64 letters, digits, `_`, `.` and `-`. */
  name: string;
  url: string;
}

/**
 * Reads `left=tcp://…` and `tcp://…`: one without a name is `camera`, several are `camera1`, `camera2` and so on.
 * @throws StreamError `invalid-option` where two have the same name
 */
export function namedStreams(texts: readonly string[]): NamedStream[] {
  const streams = texts.map((text, index) => {
    const [, name, url] = /^([\w.-]{1,64})=(.+)$/s.exec(text) ?? [];
    if (name !== undefined && url !== undefined) return { name, url };
    return { name: texts.length === 1 ? "camera" : `camera${index + 1}`, url: text };
  });
  const twice = streams.find(({ name }, index) => streams.findIndex((other) => other.name === name) !== index);
  if (twice) throw new StreamError("invalid-option", `two streams are called "${twice.name}"; names must differ`);
  return streams;
}

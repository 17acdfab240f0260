import { StreamError } from "../../lib/errors.js";
import { redact } from "../../lib/redact.js";
import { readParameters } from "../../lib/stream-url.js";
import { parseHttpAddress, tokenProblem } from "./http-address.js";
import type { Output } from "./output.js";
import { WebrtcOutput } from "./webrtc.js";
import { WhipSignalling } from "./whip-signalling.js";

const EXAMPLE = "whip+https://media.example.org/whip/cam";
const RULES = {
  token: { kind: "text" },
  insecure: { kind: "flag" },
} as const;

/**
 * `whip+http(s)://host/whip/cam?token=secret` hands the camera to a server of WHIP; `insecure=1` takes any certificate.
 * Other parameters are the server's.
 * @throws StreamError `invalid-url`
 */
export function openWhipOutput(text: string): Output {
  const { url: endpoint, parameters } = parseHttpAddress(text, EXAMPLE);
  const isOurs = ([name]: readonly [string, string]): boolean => Object.hasOwn(RULES, name);
  const all = [...parameters];
  const query = new URLSearchParams(all.filter(isOurs));
  const place = { text, scheme: endpoint.protocol, host: endpoint.hostname, port: undefined, query };
  const { token, insecure = false } = readParameters(place, RULES);
  const problem =
    insecure && endpoint.protocol === "http:" ? "insecure is only for whip+https://" : tokenProblem(token);
  if (problem) throw new StreamError("invalid-url", `${text}: ${problem}`);
  endpoint.search = new URLSearchParams(all.filter((parameter) => !isOurs(parameter))).toString();
  const options = { endpoint, token, insecure, patience: { untilMs: Number.NEGATIVE_INFINITY } };
  return new WebrtcOutput({
    url: redact(`whip+${endpoint.href}`),
    signalling: async (owner) => new WhipSignalling(options, owner),
  });
}

/** Two ports or channels: of RTP, and of RTCP. */
export type Pair = readonly [rtp: number, rtcp: number];

/** One way of carrying RTP, as a `Transport` header names it. @see RFC 2326 section 12.39 */
export interface Transport {
  protocol: "udp" | "tcp";
  multicast: boolean;
  /** Unicast over UDP: the ports of who asks, and of who serves. */
  clientPort?: Pair;
  serverPort?: Pair;
  /** Multicast: the ports of the group. */
  port?: Pair;
  /** Over TCP: the channels. */
  interleaved?: Pair;
  /** Where RTP goes to, and comes from; IP addresses. */
  destination?: string;
  source?: string;
  ttl?: number;
  ssrc?: number;
  mode?: "play" | "record";
}

const PAIRS = {
  client_port: "clientPort",
  server_port: "serverPort",
  port: "port",
  interleaved: "interleaved",
} as const;

/** The transports that a header names, in its order; those that are not known here (SRTP, RTP/SAVPF) are left out. */
export function parseTransports(header: string): Transport[] {
  return header.split(",").flatMap((text) => {
    const transport = parseTransport(text.trim());
    return transport ? [transport] : [];
  });
}

function parseTransport(text: string): Transport | undefined {
  const [protocol = "", ...parameters] = text.split(";").map((part) => part.trim());
  const kind = /^RTP\/AVP(?:\/(UDP|TCP))?$/i.exec(protocol);
  if (!kind) return undefined;
  const transport: Transport = { protocol: /tcp/i.test(kind[1] ?? "") ? "tcp" : "udp", multicast: false };
  for (const parameter of parameters) readParameter(transport, parameter);
  return transport;
}

function readParameter(transport: Transport, parameter: string): void {
  const [key = "", quoted = ""] = parameter.split(/=(.*)/s);
  const name = key.trim().toLowerCase();
  const value = quoted.trim().replace(/^"(.*)"$/, "$1");
  if (name === "multicast") transport.multicast = true;
  else if (name === "mode") transport.mode = /record|receive/i.test(value) ? "record" : "play";
  else if (name === "destination" || name === "source") transport[name] = value;
  else if (name === "ttl" && /^\d{1,3}$/.test(value)) transport.ttl = Math.min(255, Number(value));
  else if (name === "ssrc" && /^[0-9a-f]{1,8}$/i.test(value)) transport.ssrc = Number.parseInt(value, 16);
  else if (Object.hasOwn(PAIRS, name)) {
    const pair = parsePair(value, name === "interleaved" ? 255 : 65_535);
    if (pair) transport[PAIRS[name as keyof typeof PAIRS]] = pair;
  }
}

/** `5000-5001`, or `5000`, which means the same. */
function parsePair(text: string, largest: number): Pair | undefined {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const pair: Pair = [Number(first), Number(second ?? Number(first) + 1)];
  return pair[0] <= largest && pair[1] <= largest ? pair : undefined;
}

/** The header's text for one transport. */
export function formatTransport(transport: Transport): string {
  const { protocol, multicast, destination, source, ttl, ssrc, mode } = transport;
  const parts = [protocol === "tcp" ? "RTP/AVP/TCP" : "RTP/AVP", multicast ? "multicast" : "unicast"];
  if (destination !== undefined) parts.push(`destination=${destination}`);
  if (source !== undefined) parts.push(`source=${source}`);
  for (const [name, key] of Object.entries(PAIRS)) {
    const pair = transport[key];
    if (pair) parts.push(`${name}=${pair[0]}-${pair[1]}`);
  }
  if (ttl !== undefined) parts.push(`ttl=${ttl}`);
  if (ssrc !== undefined) parts.push(`ssrc=${ssrc.toString(16).toUpperCase().padStart(8, "0")}`);
  if (mode !== undefined) parts.push(`mode="${mode === "record" ? "RECORD" : "PLAY"}"`);
  return parts.join(";");
}

/** What a client says, in ASCII. */
export type ClientMessage =
  | { kind: "register"; payload: Payload; token?: string }
  | { kind: "keepalive" }
  | { kind: "disconnect" }
  /** The server's nonce, sent back. */
  | { kind: "challenge"; nonce: string };

/** What a frame is: a plain JPEG, or the pickle of a numpy array that holds one. */
export type Payload = "jpeg" | "pickle";

/** Ports of servers. */
export const CHUNKED_UDP_PORT = 9999;
/** A client says {@link KEEPALIVE} this often, in milliseconds, and is gone after twice the time. */
export const KEEPALIVE_MS = 15_000;
export const SILENT_CLIENT_MS: number = 2 * KEEPALIVE_MS;

export const REGISTERED: Buffer = Buffer.from("REGISTERED");
export const KEEPALIVE: Buffer = Buffer.from("KEEPALIVE");
export const DISCONNECT: Buffer = Buffer.from("DISCONNECT");

/** A token's form: printable ASCII without spaces, and not the name of a payload. */
export const TOKEN_PATTERN = /^(?!(?:jpeg|pickle)$)[\x21-\x7e]{1,128}$/;
/** The same in words, for messages. */
export const TOKEN_RULE = "1 to 128 printable ASCII characters without spaces, but neither jpeg nor pickle";

const MAX_MESSAGE_BYTES = 256;
const REGISTER = /^REGISTER_CLIENT(?: (jpeg|pickle))?(?: ([\x21-\x7e]{1,128}))?\s*$/;
const CHALLENGE = /^CHALLENGE ([\x21-\x7e]{1,64})\s*$/;

/** Asks for frames; the wish for pickles is left out, as clients that know nothing else do. */
export function registerMessage(payload: Payload, token?: string): Buffer {
  const words = ["REGISTER_CLIENT", ...(payload === "jpeg" ? ["jpeg"] : []), ...(token === undefined ? [] : [token])];
  return Buffer.from(words.join(" "), "ascii");
}

/** Both the server's question and the client's answer. */
export function challengeMessage(nonce: string): Buffer {
  return Buffer.from(`CHALLENGE ${nonce}`, "ascii");
}

/** Whether a server says that it has taken a client in. */
export function isRegistered(datagram: Buffer): boolean {
  return datagram.length <= MAX_MESSAGE_BYTES && /^REGISTERED\s*$/.test(datagram.toString("latin1"));
}

/** The nonce of a server's question; undefined where it is none. */
export function parseChallenge(datagram: Buffer): string | undefined {
  return datagram.length > MAX_MESSAGE_BYTES ? undefined : CHALLENGE.exec(datagram.toString("latin1"))?.[1];
}

/** What a client says; undefined where it is nothing of this protocol. */
export function parseClientMessage(datagram: Buffer): ClientMessage | undefined {
  if (datagram.length > MAX_MESSAGE_BYTES) return undefined;
  const text = datagram.toString("latin1");
  const register = REGISTER.exec(text);
  if (register) {
    const [, payload, token] = register;
    return { kind: "register", payload: payload === "jpeg" ? "jpeg" : "pickle", ...(token !== undefined && { token }) };
  }
  const nonce = CHALLENGE.exec(text)?.[1];
  if (nonce !== undefined) return { kind: "challenge", nonce };
  if (/^KEEPALIVE\s*$/.test(text)) return { kind: "keepalive" };
  return /^DISCONNECT\s*$/.test(text) ? { kind: "disconnect" } : undefined;
}

import { RtspHeaders, type RtspRequest } from "./message.js";
import type { RtspClient, RtspPath } from "./server-path.js";
import { type RtspSession, type RtspSessions, SESSION_TIMEOUT_S } from "./server-sessions.js";
import { statusError } from "./status-error.js";
import { formatTransport, parseTransports } from "./transport-header.js";

/** What goes back for a request. */
export interface RtspReply {
  status: number;
  headers: RtspHeaders;
  body?: Buffer;
  /** Called once the reply is on its way: what must not come before it. */
  sent?(): void;
}

/** What answering needs to know. */
export interface RequestContext {
  client: RtspClient;
  sessions: RtspSessions;
  findPath(pathname: string): RtspPath | undefined;
}

/** Of one SETUP: sockets may be opened for each. */
const MAX_TRANSPORTS = 16;

type Handler = (request: RtspRequest, context: RequestContext) => RtspReply | Promise<RtspReply>;

const METHODS: Readonly<Record<string, Handler>> = {
  OPTIONS: options,
  DESCRIBE: describe,
  ANNOUNCE: announce,
  SETUP: setup,
  PLAY: play,
  PAUSE: pause,
  RECORD: record,
  GET_PARAMETER: parameters,
  SET_PARAMETER: parameters,
  TEARDOWN: teardown,
};

/** What a URL names. */
interface Place {
  path: RtspPath;
  /** Behind the path, without slash. */
  track: string;
}

/**
 * The answer to a request.
 * @throws StreamError whose `details.status` is the answer
 */
export async function answer(request: RtspRequest, context: RequestContext): Promise<RtspReply> {
  if (request.version !== "RTSP/1.0") throw statusError(505, `${request.version} is not spoken here`);
  if (!/^\d{1,10}$/.test(request.headers.get("CSeq") ?? "")) throw statusError(400, "CSeq is missing or no number");
  const handler = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
  if (!handler) throw statusError(501, `unknown method ${request.method}`);
  // Such as ONVIF's backchannel, whose clients ask again without it.
  const required = request.headers.all("Require").join(", ");
  if (required !== "") return { status: 551, headers: new RtspHeaders({ Unsupported: required }) };
  return handler(request, context);
}

/** Of any path or none, and for any session or none: it names one where it is a client's sign of life, as VLC's is. */
function options(request: RtspRequest, { sessions, findPath }: RequestContext): RtspReply {
  sessions.touch(request.headers.get("Session"));
  return ok({ Public: methodsOf(findPath(pathOf(request.url))) });
}

async function describe(request: RtspRequest, context: RequestContext): Promise<RtspReply> {
  const { path } = findPlace(request, context);
  if (!path.describe) return notAllowed(path);
  const refusal = challenge(request, path);
  if (refusal) return refusal;
  const accepted = request.headers.get("Accept") ?? "application/sdp";
  if (!/application\/(sdp|\*)|\*\/\*/i.test(accepted)) throw statusError(406, `descriptions are application/sdp`);
  const body = Buffer.from(await path.describe(context.client, request.url), "utf8");
  const base = `${withoutEndingSlashes(request.url.split("?")[0] ?? "")}/`;
  return { ...ok({ "Content-Base": base, "Content-Type": "application/sdp" }), body };
}

function announce(request: RtspRequest, context: RequestContext): RtspReply {
  const { path } = findPlace(request, context);
  if (!path.announce) return notAllowed(path);
  const refusal = challenge(request, path);
  if (refusal) return refusal;
  const type = request.headers.get("Content-Type") ?? "application/sdp";
  if (!/^application\/sdp\b/i.test(type)) throw statusError(415, `an announcement is application/sdp, not ${type}`);
  path.announce(context.client, request.body.toString("utf8"), request.url);
  return ok();
}

async function setup(request: RtspRequest, context: RequestContext): Promise<RtspReply> {
  const { sessions, client } = context;
  const { path, track } = findPlace(request, context);
  const refusal = challenge(request, path);
  if (refusal) return refusal;
  const transports = parseTransports(request.headers.all("Transport").join(",")).slice(0, MAX_TRANSPORTS);
  const mode = transports[0]?.mode ?? "play";
  if (transports.length === 0) throw statusError(461, "no transport that is known here; RTP/AVP over UDP or TCP is");
  const session = sessionFor(request, { path, mode, sessions, client });
  try {
    const reply = await session.media.setup({ track, transports, url: request.url });
    // What comes on the agreed channels is the session's.
    sessions.claim(session, reply.transport.interleaved ?? []);
    const named = { Session: `${session.id};timeout=${SESSION_TIMEOUT_S}` };
    return ok({ ...named, Transport: formatTransport(reply.transport), ...reply.headers });
  } catch (error) {
    if (request.headers.get("Session") === undefined) sessions.end(session);
    throw error;
  }
}

function sessionFor(
  request: RtspRequest,
  options: { path: RtspPath; mode: "play" | "record"; sessions: RtspSessions; client: RtspClient },
): RtspSession {
  const { path, mode, sessions, client } = options;
  const header = request.headers.get("Session");
  if (header === undefined) {
    sessions.checkRoom();
    return sessions.add(path, path.open(client, mode));
  }
  const session = sessions.find(header);
  if (session.path !== path) throw statusError(459, "a session is for one path");
  if (session.state !== "ready") throw statusError(455, `SETUP while ${session.state}`);
  return session;
}

async function play(request: RtspRequest, { sessions }: RequestContext): Promise<RtspReply> {
  const session = sessions.find(request.headers.get("Session"));
  if (!session.media.play || session.state === "recording") throw statusError(455, "the session is for recording");
  // Some clients repeat PLAY as their sign of life.
  if (session.state === "playing") return ok({ Session: session.id });
  const { tracks, start } = await session.media.play();
  session.state = "playing";
  const info = tracks.map(({ url, sequence, rtpTimestamp }) => `url=${url};seq=${sequence};rtptime=${rtpTimestamp}`);
  return { ...ok({ Session: session.id, Range: "npt=now-", "RTP-Info": info.join(",") }), sent: start };
}

function pause(request: RtspRequest, { sessions }: RequestContext): RtspReply {
  const session = sessions.find(request.headers.get("Session"));
  if (!session.media.pause || session.state === "recording") throw statusError(455, "the session is for recording");
  session.media.pause();
  session.state = "ready";
  return ok({ Session: session.id });
}

async function record(request: RtspRequest, { sessions }: RequestContext): Promise<RtspReply> {
  const session = sessions.find(request.headers.get("Session"));
  if (!session.media.record || session.state === "playing") throw statusError(455, "the session is for playing");
  await session.media.record();
  session.state = "recording";
  return ok({ Session: session.id });
}

/** There are no parameters: an empty body is a sign of life. */
function parameters(request: RtspRequest, { sessions }: RequestContext): RtspReply {
  const header = request.headers.get("Session");
  if (header !== undefined) sessions.find(header);
  if (request.body.toString("utf8").trim() !== "") throw statusError(451, "there are no parameters here");
  return ok(header === undefined ? {} : { Session: header.split(";")[0] });
}

function teardown(request: RtspRequest, { sessions }: RequestContext): RtspReply {
  const session = sessions.find(request.headers.get("Session"));
  sessions.end(session);
  return ok({ Session: session.id });
}

function findPlace({ url }: RtspRequest, { findPath }: RequestContext): Place {
  const pathname = pathOf(url);
  const path = findPath(pathname);
  if (!path) throw statusError(404, `nothing is at ${pathname || "/"}`);
  return { path, track: pathname.slice(path.path.length).replace(/^\//, "") };
}

/** Without host, query and slashes at the end. */
function pathOf(url: string): string {
  const [, path = ""] = /^(?:rtsps?:\/\/[^/?#]*)?(\/[^?#]*)?/i.exec(url) ?? [];
  return withoutEndingSlashes(path);
}

/** In one look from behind: `/\/+$/` begins anew at each slash inside, and a URL may be nothing but slashes. */
function withoutEndingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end--;
  return text.slice(0, end);
}

/** 401 with our challenges; undefined for a request that is let through. */
function challenge(request: RtspRequest, { authenticator }: RtspPath): RtspReply | undefined {
  if (!authenticator) return undefined;
  const verdict = authenticator.verify(request.method, request.headers.get("Authorization"));
  if (verdict === "granted") return undefined;
  const headers = new RtspHeaders();
  for (const value of authenticator.challenges(verdict === "stale")) headers.append("WWW-Authenticate", value);
  return { status: 401, headers };
}

function ok(headers: Readonly<Record<string, string | undefined>> = {}): RtspReply {
  return { status: 200, headers: new RtspHeaders(headers) };
}

function notAllowed(path: RtspPath): RtspReply {
  return { status: 405, headers: new RtspHeaders({ Allow: methodsOf(path) }) };
}

/** What may be asked of a path; all that is known where none is named. */
function methodsOf(path: RtspPath | undefined): string {
  const missing = [
    ...(path && !path.describe ? ["DESCRIBE", "PLAY", "PAUSE"] : []),
    ...(path && !path.announce ? ["ANNOUNCE", "RECORD"] : []),
  ];
  return Object.keys(METHODS)
    .filter((method) => !missing.includes(method))
    .join(", ");
}

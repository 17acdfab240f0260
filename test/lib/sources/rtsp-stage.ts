import { onTestFinished } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { joinNalUnits, splitNalUnits } from "../../../lib/codecs/annexb.js";
import { openSource } from "../../../lib/sources/index.js";
import type { SourceContext } from "../../../lib/sources/source.js";
import { makeStream } from "../../support/make-stream.js";
import { type RtspServerOptions, type ScriptedRtspServer, startRtspServer } from "../../support/rtsp-server.js";
import type { RtspServerClient } from "../../support/rtsp-server-client.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { unitsOf } from "../../support/units-of.js";

const SHAPE = { width: 320, height: 240, fps: 30, frames: 20, gop: 10 };

/** Twenty pictures, two keyframes among them. */
export async function pictures(codec: "h264" | "h265" = "h264"): Promise<AccessUnit[]> {
  return unitsOf(await makeStream({ ...SHAPE, codec }), codec);
}

/** The parameter sets at the head of a keyframe, and the keyframe without them. */
export function splitSets(unit: AccessUnit, codec: "h264" | "h265" = "h264"): { sets: Buffer[]; bare: AccessUnit } {
  const nals = splitNalUnits(unit.data);
  const count = codec === "h264" ? 2 : 3;
  return { sets: nals.slice(0, count), bare: { ...unit, data: joinNalUnits(nals.slice(count)) } };
}

/** A server that is gone when the test is over. */
export async function serve(options: RtspServerOptions = {}): Promise<ScriptedRtspServer> {
  const server = await startRtspServer(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** Has the server send these pictures to whoever plays. */
export function sendWhenPlayed(server: ScriptedRtspServer, units: readonly AccessUnit[]): void {
  server.onPlay = () => {
    for (const [index, unit] of units.entries()) server.send(unit, index * 33);
  };
}

/** Resolves when a client has read everything that it was sent. */
export async function caughtUp(client: RtspServerClient): Promise<void> {
  const answered = client.responses.length;
  client.ask("OPTIONS");
  while (client.responses.length === answered) await new Promise((resolve) => setImmediate(resolve));
}

/** One run of the source for a URL, to its end or until there is enough. */
export function play(
  url: string,
  enough?: (run: SourceRun) => boolean,
  changes: Partial<SourceContext> = {},
): Promise<SourceRun> {
  return runSource(openSource(url, sourceContext(changes)), enough);
}

/** Enough is so many pictures. */
export const count =
  (wanted: number) =>
  ({ units }: SourceRun): boolean =>
    units.length >= wanted;

/** Enough is a server that plays. */
export const connected = (run: SourceRun): boolean => run.connected.length > 0;

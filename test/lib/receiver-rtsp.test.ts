import { describe, expect, it, onTestFinished } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { writeSenderReport } from "../../lib/rtp/rtcp.js";
import { type RtspServerOptions, type ScriptedRtspServer, startRtspServer } from "../support/rtsp-server.js";
import { nextFrame, numbered, open } from "../support/scripted-sender.js";

const STALL_MS = 300;

async function serve(options: RtspServerOptions = {}): Promise<ScriptedRtspServer> {
  const server = await startRtspServer(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** Sends pictures in real time from PLAY on, for as long as told to. */
function film(server: ScriptedRtspServer, units: readonly AccessUnit[], isOn: () => boolean): void {
  server.onPlay = () => {
    let index = 0;
    const timer = setInterval(() => {
      if (isOn()) server.send(units[index % units.length] as AccessUnit, index++ * 33);
    }, 33);
    server.newest?.socket.on("close", () => clearInterval(timer));
  };
}

it("a Receiver of RTSP goes on by TCP where UDP brings nothing, without an outage", async () => {
  const units = await numbered();
  const server = await serve();
  film(server, units, () => server.newest?.transport?.protocol === "tcp");
  const { receiver, warnings } = open(server.url, { stallTimeoutMs: STALL_MS });
  await nextFrame(receiver);
  expect(receiver.stats().restarts).toEqual({});
  expect(warnings).toEqual([]);
  expect(server.methods.filter((method) => method === "PLAY")).toHaveLength(2);
});

describe.each(["tcp", "udp"])("a Receiver of RTSP by %s", (transport) => {
  it("notices that the pictures stop, and is back by itself", async () => {
    const units = await numbered();
    const server = await serve();
    let isOn = true;
    film(server, units, () => isOn);
    const { receiver, states } = open(`${server.url}?transport=${transport}`, { stallTimeoutMs: STALL_MS });
    await nextFrame(receiver);
    isOn = false;
    const stoppedAtMs = performance.now();
    await expect.poll(() => states.at(-1), { timeout: 10_000, interval: 5 }).toBe("reconnecting");
    expect(performance.now() - stoppedAtMs).toBeGreaterThan(STALL_MS / 2);
    isOn = true;
    await nextFrame(receiver);
    expect(receiver.state.name).toBe("streaming");
    const { restarts } = receiver.stats();
    expect(Object.keys(restarts)).toEqual([expect.stringMatching(/^no-(bytes|pictures)$/)]);
  });

  it("notices a server that says nothing any more", async () => {
    const units = await numbered();
    let isFrozen = false;
    const server = await serve({ answer: () => (isFrozen ? "nothing" : undefined) });
    film(server, units, () => !isFrozen);
    const options = { stallTimeoutMs: STALL_MS, connectTimeoutMs: 200 };
    const { receiver, states } = open(`${server.url}?transport=${transport}`, options);
    await nextFrame(receiver);
    isFrozen = true;
    await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe("reconnecting");
    isFrozen = false;
    await nextFrame(receiver);
  });

  it("tells when a picture was taken, by the sender's reports", async () => {
    const units = await numbered();
    const server = await serve();
    film(server, units, () => true);
    const { receiver } = open(`${server.url}?transport=${transport}`);
    expect((await nextFrame(receiver)).capturedAt).toBeUndefined();
    const report = { ssrc: 0xabcd, ntpMs: Date.now(), rtpTimestamp: 90_000, packets: 0, octets: 0 };
    server.newest?.sendRtcp(writeSenderReport(report, "camera"));
    let frame = await nextFrame(receiver);
    while (frame.capturedAt === undefined) frame = await nextFrame(receiver);
    expect(frame.capturedAt - report.ntpMs).toBeGreaterThanOrEqual(0);
    // The server is on this machine, so that its clock is ours.
    expect(frame.latencyMs).toBeDefined();
  });
});

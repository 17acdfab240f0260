import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { openRtspListenSource } from "../../../lib/sources/rtsp-listen.js";
import { openOutput } from "../../../server/outputs/index.js";
import { freePort } from "../../support/free-port.js";
import { makeStream } from "../../support/make-stream.js";
import { fingerprints } from "../../support/recording-sink.js";
import { RtspPeer } from "../../support/rtsp-peer.js";
import { runSource, type SourceRun, sourceContext } from "../../support/run-source.js";
import { makeUnits } from "../support/make-units.js";
import { RunningOutput } from "../support/run-output.js";
import { until } from "../support/sender-stage.js";
import { unitsOf } from "../support/units-of.js";

const STREAM = { codec: "h264", width: 160, height: 120, fps: 30, frames: 20, gop: 10 } as const;

/** A glasslink that takes what is pushed to it. */
async function target(user = "", enough: (run: SourceRun) => boolean = () => false) {
  const port = await freePort();
  const source = openRtspListenSource(`rtsp://${user}127.0.0.1:${port}/cam?listen=1`, sourceContext());
  let seen: SourceRun | undefined;
  const run = runSource(source, (so) => {
    seen = so;
    return enough(so);
  });
  const isThere = async (): Promise<boolean> => RtspPeer.connect(port).then((peer) => !peer.socket.destroy().readable);
  while (!(await isThere().catch(() => false)));
  return { port, run, connected: () => until(() => (seen?.connected.length ?? 0) > 0) };
}

describe("what is pushed", () => {
  it.each(["tcp", "udp"])("arrives picture by picture: %s", async (transport) => {
    const sent = unitsOf(await makeStream(STREAM));
    const { port, run } = await target("", ({ units }) => units.length === sent.length);
    const output = await RunningOutput.start(`rtsp-push://127.0.0.1:${port}/cam?transport=${transport}`);
    output.hub.publish(sent[0] as (typeof sent)[0]);
    await until(() => output.output.stats().clients === 1);
    for (const unit of sent.slice(1)) output.hub.publish(unit);
    const { units, connected: told } = await run;
    expect(fingerprints(units)).toEqual(fingerprints(sent));
    expect(told).toHaveLength(1);
    expect(output.output.stats()).toMatchObject({ clients: 1, droppedUnits: 0 });
    expect(output.output.url).toBe(`rtsp-push://127.0.0.1:${port}/cam`);
    await expect(output.ended).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("begins with the group of pictures so far", async () => {
    const sent = unitsOf(await makeStream(STREAM)).slice(0, 6);
    const { port, run } = await target("me:secret@", ({ units }) => units.length === sent.length);
    const output = await RunningOutput.start(`rtsp-push://me:secret@127.0.0.1:${port}/cam`);
    for (const unit of sent) output.hub.publish(unit);
    expect(fingerprints((await run).units)).toEqual(fingerprints(sent));
    await expect(output.ended).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("ends with a TEARDOWN", async () => {
    const { port, run, connected } = await target();
    {
      await using output = await RunningOutput.start(`rtsp-push://127.0.0.1:${port}/cam`);
      for (const unit of unitsOf(await makeStream(STREAM))) output.hub.publish(unit);
      await connected();
    }
    expect((await run).error).toMatchObject({ code: "stream-ended" });
  });
});

describe("a push that fails says why", () => {
  it("a refused password", async () => {
    const { port } = await target("me:secret@");
    const output = await RunningOutput.start(`rtsp-push://me:wrong@127.0.0.1:${port}/cam`);
    output.hub.publish(unitsOf(await makeStream(STREAM))[0] as never);
    const refused = { code: "unauthorized", message: expect.stringContaining("user name or password refused") };
    await expect(output.ended).rejects.toMatchObject(refused);
    await expect(output.ended).rejects.not.toMatchObject({ message: expect.stringContaining("wrong") });
  });

  it("a path that takes nothing", async () => {
    const { port } = await target();
    const output = await RunningOutput.start(`rtsp-push://127.0.0.1:${port}/other`);
    output.hub.publish(unitsOf(await makeStream(STREAM))[0] as never);
    const refused = { code: "connect-failed", details: { status: 404 } };
    await expect(output.ended).rejects.toMatchObject({ ...refused, message: expect.stringContaining("ANNOUNCE") });
  });

  it("nobody there", async () => {
    const url = `rtsp-push://127.0.0.1:${await freePort()}/cam`;
    await expect(RunningOutput.start(url)).rejects.toMatchObject({ code: "connect-failed" });
  });

  it("a server that speaks something else", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\n\r\n"));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    const output = await RunningOutput.start(`rtsp-push://127.0.0.1:${port}/cam`);
    await expect(output.ended).rejects.toMatchObject({ code: "invalid-data" });
    await new Promise((resolve) => server.close(resolve));
  });

  it("a codec that RTP does not carry", async () => {
    const { port } = await target();
    await using output = await RunningOutput.start(`rtsp-push://127.0.0.1:${port}/cam`);
    output.hub.publish({ ...(makeUnits({ count: 1 })[0] as never as object), codec: "vp9" } as never);
    expect(output.failures).toMatchObject([{ code: "unsupported" }]);
  });

  it.each([
    ["rtsp-push://:8554/cam", "a host is needed"],
    ["rtsp-push://host:0/cam", "port 0 cannot be connected to"],
    ["rtsp-push://host/cam?insecure=1", "insecure is only for rtsps-push://"],
    ["rtsp-push://host/cam?transport=multicast", "transport=multicast is not allowed; it must be one of tcp, udp"],
  ])("%s", (url, message) => {
    expect(() => openOutput(url)).toThrow(message);
  });

  it("and leaves the server its own parameters", () => {
    expect(openOutput("rtsps-push://host/cam?key=a&join=gop&x").url).toBe("rtsps-push://host/cam?key=a&x");
  });
});

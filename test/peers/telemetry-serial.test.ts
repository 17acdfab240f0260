import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { StreamError } from "../../lib/errors.js";
import type { MavlinkMessage } from "../../lib/telemetry/mavlink-message.js";
import { encodeMavlink } from "../../server/telemetry/mavlink/encode-mavlink.js";
import { MavlinkParser } from "../../server/telemetry/mavlink/mavlink-parser.js";
import { Telemetry } from "../../server/telemetry/telemetry.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";

const SCRIPT = fileURLToPath(new URL("pty_port.py", import.meta.url));
const SOON = { timeout: 20_000, interval: 5 };

/** A serial port, its other end, and how to unplug it. */
async function plugIn(finished: Finished) {
  const peer = startPeer(PYTHON, [SCRIPT], finished);
  const [first] = (await once(peer.stdout, "data")) as [Buffer];
  const path = first.toString().trim();
  const parser = new MavlinkParser({ now: () => 0 });
  const heard: (string | null)[] = [];
  peer.stdout.on("data", (bytes: Buffer) => heard.push(...parser.stream(bytes).map(({ name }) => name)));
  return { path, heard, write: (bytes: Buffer) => peer.stdin.write(bytes), unplug: () => peer.kill() };
}

function heartbeat(sequence: number): Buffer {
  const fields = { type: 10, autopilot: 3, base_mode: 1, custom_mode: 10, mavlink_version: 3 };
  return encodeMavlink({ name: "HEARTBEAT", fields, systemId: 3, componentId: 1, sequence, version: 2 });
}

describePeers("a serial port", [PYTHON, pythonModule("pty")], () => {
  it("brings a vehicle, takes what is said to it, and may be unplugged", async ({ onTestFinished: finished }) => {
    const port = await plugIn(finished);
    const telemetry = new Telemetry({ link: `mavlink-serial:${port.path}:115200` });
    finished(() => telemetry.close());
    const lost = new Promise<StreamError>((resolve) => telemetry.on("warning", resolve));
    const message = new Promise<MavlinkMessage>((resolve) => telemetry.once("message", resolve));
    await expect.poll(() => telemetry.stats().linkState, SOON).toBe("open");
    const packet = heartbeat(0);
    port.write(Buffer.concat([Buffer.from("noise"), packet.subarray(0, 7)]));
    port.write(packet.subarray(7));
    expect(await message).toMatchObject({ name: "HEARTBEAT", systemId: 3 });
    await expect.poll(() => telemetry.latest.vehicle, SOON).toMatchObject({ type: "GROUND_ROVER", mode: "AUTO" });
    await expect.poll(() => port.heard, SOON).toContain("COMMAND_LONG");
    expect(port.heard[0]).toBe("HEARTBEAT");

    port.unplug();
    const warning = await lost;
    const gone = `serial port ${port.path}: it went away; was it unplugged?`;
    expect([warning.code, warning.message]).toEqual(["connection-lost", gone]);
    await expect.poll(() => telemetry.stats().restarts["connect-failed"], SOON).toBeGreaterThan(0);
  });
});

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { StreamError } from "../../../lib/errors.js";
import { encodeMavlink } from "../../../server/telemetry/mavlink/encode-mavlink.js";
import { MavlinkParser } from "../../../server/telemetry/mavlink/mavlink-parser.js";
import { Telemetry } from "../../../server/telemetry/telemetry.js";
import type { TelemetryOptions } from "../../../server/telemetry/telemetry-options.js";
import { FakeClock } from "../../support/fake-clock.js";
import { RecordingLogger } from "../../support/recording-logger.js";

const SOON = { timeout: 10_000, interval: 5 };
const HEARTBEAT = { type: 2, autopilot: 3, base_mode: 0x81, custom_mode: 4, mavlink_version: 3 };
const FIRST_WALL_MS = new FakeClock().wallNow();

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function open(options: TelemetryOptions = {}) {
  const [clock, logger] = [new FakeClock(), new RecordingLogger()];
  const telemetry = new Telemetry({ clock, logger, ...options });
  closers.push(() => telemetry.close());
  const warnings: StreamError[] = [];
  telemetry.on("warning", (warning) => warnings.push(warning));
  return { clock, logger, telemetry, warnings };
}

async function openSocket(port = 0): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket("udp4").bind(port, "127.0.0.1");
  closers.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  await once(socket, "listening");
  return { socket, port: socket.address().port };
}

/** A port of the loopback address on which nobody listens. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

function packet(name: string, fields: Record<string, number>): Buffer {
  return encodeMavlink({ name, fields, systemId: 7, componentId: 1, sequence: 0, version: 2 });
}

/** What arrives at a socket, by name. */
function namesAt(socket: Socket): string[] {
  const [parser, names] = [new MavlinkParser({ now: () => 0 }), [] as string[]];
  socket.on("message", (bytes) => names.push(...parser.datagram(bytes).map(({ name }) => String(name))));
  return names;
}

describe("Telemetry", () => {
  it.each([
    [{ rateHz: 51 }, "invalid-option", "rateHz = 51: must be a number from 0.1 to 50 a second"],
    [{ rateHz: 0 }, "invalid-option", "rateHz = 0: must be a number from 0.1 to 50 a second"],
    [{ link: "udp://:14550" }, "invalid-url", "udp://:14550: is no place to hear a vehicle"],
  ])("refuses %j", (options, code, message) => {
    expect(() => new Telemetry(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it("tells the machine's health alone where there is no link", async () => {
    const { clock, telemetry } = open({ rateHz: 4 });
    const times: number[] = [];
    telemetry.on("snapshot", ({ atMs, vehicle }) => {
      times.push(atMs - FIRST_WALL_MS);
      expect(vehicle).toBeNull();
    });
    expect(telemetry.hello).toEqual({ version: 1, rateHz: 4, link: null });
    expect(telemetry.latest).toMatchObject({ atMs: FIRST_WALL_MS, vehicle: null });
    clock.advance(1_000);
    expect(times).toEqual([250, 500, 750, 1_000]);
    expect(telemetry.latest.health.coreLoadPercent).toEqual(expect.any(Array));
    expect(telemetry.stats()).toMatchObject({ link: null, linkState: "none", restarts: {} });
    await telemetry.close();
    expect(clock.waiting).toBe(0);
  });

  it("hears a vehicle by UDP, and speaks to where its datagrams come from", async () => {
    const port = await freePort();
    const { clock, logger, telemetry } = open({ link: `mavlink-udp://:${port}` });
    await expect.poll(() => telemetry.stats().linkState, SOON).toBe("open");
    const { socket } = await openSocket();
    const [heard, answers] = [[] as string[], namesAt(socket)];
    telemetry.on("message", ({ name, systemId, atMs }) => heard.push(`${name} ${systemId} ${atMs - FIRST_WALL_MS}`));
    const attitude = packet("ATTITUDE", { time_boot_ms: 1, roll: Math.PI / 2 });
    socket.send(Buffer.concat([packet("HEARTBEAT", HEARTBEAT), attitude]), port, "127.0.0.1");
    await expect.poll(() => heard, SOON).toEqual(["HEARTBEAT 7 0", "ATTITUDE 7 0"]);
    clock.advance(1_000);
    expect(telemetry.latest.vehicle).toMatchObject({ systemId: 7, ageMs: 1_000, mode: "GUIDED", armed: true });
    expect(telemetry.latest.vehicle?.attitude?.rollDeg).toBeCloseTo(90, 4);
    await expect.poll(() => answers, SOON).toEqual(["HEARTBEAT", "COMMAND_LONG"]);
    expect(telemetry.stats().mavlink).toMatchObject({ packets: 2, badChecksum: 0 });
    clock.advance(4_000);
    expect(telemetry.latest.vehicle).toBeNull();
    const link = `info mavlink-udp://:${port}:`;
    expect(logger.lines).toEqual([
      ...[`${link} vehicle 7 is heard: QUADROTOR, ARDUPILOTMEGA`, `${link} vehicle 7 is silent`],
    ]);
    await telemetry.close();
    expect(telemetry.stats().linkState).toBe("closed");
    expect(clock.waiting).toBe(0);
  });

  it("speaks first to a host, again and again while nobody is there", async () => {
    const port = await freePort();
    const link = `mavlink-udp://127.0.0.1:${port}`;
    const { clock, telemetry, warnings } = open({ link });
    await expect.poll(() => telemetry.stats().restarts["connection-lost"] ?? 0, SOON).toBeGreaterThan(1);
    expect(warnings).toMatchObject([
      {
        code: "connection-lost",
        message: `${link}: nobody listens there; to listen on this machine, leave the host out: mavlink-udp://:${port}`,
      },
    ]);
    const { socket } = await openSocket(port);
    const [heard, answers] = [[] as (string | null)[], namesAt(socket)];
    telemetry.on("message", ({ name }) => heard.push(name));
    const [, from] = await once(socket, "message");
    expect(answers).toEqual(["HEARTBEAT"]);
    // Who was not spoken to is not heard.
    const stranger = await openSocket();
    stranger.socket.send(packet("SYSTEM_TIME", {}), from.port, from.address);
    socket.send(packet("HEARTBEAT", HEARTBEAT), from.port, from.address);
    await expect.poll(() => heard, SOON).toEqual(["HEARTBEAT"]);
    clock.advance(1_000);
    await expect.poll(() => answers, SOON).toEqual(["HEARTBEAT", "HEARTBEAT", "COMMAND_LONG"]);
  });

  it("goes on without a vehicle where its port is taken", async () => {
    const { port } = await openSocket();
    const { clock, logger, telemetry, warnings } = open({ link: `mavlink-udp://:${port}` });
    await expect.poll(() => telemetry.stats().linkState, SOON).toBe("failed");
    expect(warnings).toMatchObject([{ code: "bind-failed", retryable: false }]);
    expect(logger.lines).toEqual([
      `warn mavlink-udp://:${port}: UDP port ${port} is in use already; is another ground station or mavlink-router running here?; going on without a vehicle`,
    ]);
    clock.advance(100);
    expect(telemetry.latest.atMs).toBe(FIRST_WALL_MS + 100);
  });

  it("says once that what comes is no MAVLink", async () => {
    const port = await freePort();
    const { logger, telemetry } = open({ link: `mavlink-udp://:${port}` });
    await expect.poll(() => telemetry.stats().linkState, SOON).toBe("open");
    const { socket } = await openSocket();
    for (let count = 0; count < 6; count++) socket.send(Buffer.alloc(1_000, 0x55), port, "127.0.0.1");
    await expect.poll(() => telemetry.stats().mavlink.skippedBytes, SOON).toBe(6_000);
    expect(logger.lines).toEqual([
      `warn mavlink-udp://:${port}: bytes come, but no MAVLink; is the baud rate right, and the port set to MAVLink?`,
    ]);
  });

  it.each(["mavlink-udp://nowhere.invalid:14550", "mavlink-udp://:0", "mavlink-serial:/dev/nowhere"])(
    "closes at once while it opens %s",
    async (link) => {
      const { clock, telemetry } = open({ link });
      await telemetry.close();
      await telemetry.close();
      expect(telemetry.stats().linkState).toBe("closed");
      expect(clock.waiting).toBe(0);
    },
  );

  it("tries a serial port that is not there again and again", async () => {
    const { telemetry, warnings } = open({ link: "mavlink-serial:/dev/nowhere" });
    await expect.poll(() => telemetry.stats().restarts["connect-failed"] ?? 0, SOON).toBeGreaterThan(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      "serial port /dev/nowhere: there is no such port; is it plugged in, and its name right?",
    ]);
  });
});

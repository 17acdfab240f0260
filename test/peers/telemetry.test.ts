import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ardupilotmega, common, type MavLinkData, MavLinkProtocolV1, MavLinkProtocolV2, minimal } from "node-mavlink";
import { expect, it } from "vitest";
import type { TelemetrySnapshot } from "../../lib/telemetry/telemetry-snapshot.js";
import { Telemetry } from "../../server/telemetry/telemetry.js";
import { TelemetryServer } from "../../server/telemetry/telemetry-server.js";
import { freeUdpPort } from "../support/peer-ports.js";
import { describePeers, type Finished, PYTHON, pythonModule, startPeer } from "../support/peer-program.js";

const SCRIPT = fileURLToPath(new URL("telemetry_client.py", import.meta.url));

/** Telemetry of a vehicle that is heard by UDP, served on a port of its own. */
async function serve(finished: Finished): Promise<{ url: string; vehiclePort: number }> {
  const vehiclePort = await freeUdpPort();
  const telemetry = new Telemetry({ link: `mavlink-udp://:${vehiclePort}`, rateHz: 20 });
  finished(() => telemetry.close());
  const server = await TelemetryServer.listen({ host: "127.0.0.1", port: 0 }, telemetry);
  finished(() => server.close());
  return { url: `http://127.0.0.1:${server.port}`, vehiclePort };
}

/** A vehicle of which node-mavlink writes the packets: the same ones again and again. */
function fly(port: number, data: readonly MavLinkData[], finished: Finished): void {
  const protocols = [new MavLinkProtocolV2(7, 1), new MavLinkProtocolV1(7, 1)];
  const socket = createSocket("udp4");
  let sequence = 0;
  const timer = setInterval(() => {
    for (const message of data) {
      const packet = (protocols[sequence % 2] as MavLinkProtocolV2).serialize(message, sequence++ & 0xff);
      socket.send(packet, port, "127.0.0.1");
    }
  }, 20);
  finished(async () => {
    clearInterval(timer);
    socket.close();
  });
}

function quadcopter(): MavLinkData[] {
  const heartbeat = Object.assign(new minimal.Heartbeat(), {
    ...{ type: minimal.MavType.QUADROTOR, autopilot: minimal.MavAutopilot.ARDUPILOTMEGA },
    ...{ baseMode: 0x81, customMode: ardupilotmega.CopterMode.LOITER, systemStatus: 4, mavlinkVersion: 3 },
  });
  const attitude = Object.assign(new common.Attitude(), { timeBootMs: 5_000, roll: 0.5, pitch: -0.25, yaw: -1 });
  const position = Object.assign(new common.GlobalPositionInt(), {
    ...{ timeBootMs: 5_000, lat: 521_234_567, lon: -134_567_890, alt: 123_456, relativeAlt: 23_456, hdg: 30_225 },
  });
  const time = Object.assign(new common.SystemTime(), { timeUnixUsec: 1_700_000_000_123_456n, timeBootMs: 5_000 });
  return [heartbeat, attitude, position, time];
}

/** What the client tells, until it told all that is waited for. */
async function listen(url: string, messages: string[], enough: (told: Told) => boolean, finished: Finished) {
  const client = startPeer(PYTHON, [SCRIPT, url, ...messages], finished);
  const told: Told = { hello: [], telemetry: [], message: [], clock: [] };
  for await (const line of createInterface(client.stdout)) {
    const [event, value] = JSON.parse(line) as [keyof Told, never];
    told[event].push(value);
    if (enough(told)) return told;
  }
  throw client.failure(await client.exited);
}

interface Told {
  hello: unknown[];
  telemetry: TelemetrySnapshot[];
  message: { name: string; fields: Record<string, unknown> }[];
  clock: Record<"askedAtMs" | "receivedAtMs" | "sentAtMs" | "answeredAtMs", number>[];
}

describePeers("python-socketio hears telemetry", [PYTHON, pythonModule("socketio"), pythonModule("websocket")], () => {
  it("as node-mavlink's vehicle tells it", async ({ onTestFinished: finished }) => {
    const { url, vehiclePort } = await serve(finished);
    fly(vehiclePort, quadcopter(), finished);
    const heardAll = ({ telemetry, message, clock }: Told): boolean =>
      clock.length > 0 &&
      telemetry.some(({ vehicle }) => vehicle?.position && vehicle.attitude) &&
      ["ATTITUDE", "SYSTEM_TIME"].every((name) => message.some((one) => one.name === name));
    const { hello, telemetry, message, clock } = await listen(url, ["ATTITUDE", "SYSTEM_TIME"], heardAll, finished);

    expect(hello).toEqual([{ version: 1, rateHz: 20, link: `mavlink-udp://:${vehiclePort}` }]);
    const { vehicle, health } = telemetry.findLast((one) => one.vehicle?.position) as TelemetrySnapshot;
    expect(vehicle).toMatchObject({
      ...{ systemId: 7, type: "QUADROTOR", autopilot: "ARDUPILOTMEGA", mode: "LOITER", armed: true },
      position: { latitudeDeg: 52.1234567, longitudeDeg: -13.456789, altitudeM: 123.456, relativeAltitudeM: 23.456 },
      ...{ headingDeg: 302.25, gps: null, battery: null, airSpeedMps: null },
    });
    expect(vehicle?.attitude?.rollDeg).toBeCloseTo((0.5 * 180) / Math.PI, 4);
    expect(vehicle?.attitude?.pitchDeg).toBeCloseTo((-0.25 * 180) / Math.PI, 4);
    expect(vehicle?.attitude?.yawDeg).toBeCloseTo(-180 / Math.PI, 4);
    expect(health.memory?.totalBytes).toBeGreaterThan(0);

    expect(new Set(message.map(({ name }) => name))).toEqual(new Set(["ATTITUDE", "SYSTEM_TIME"]));
    const time = message.find(({ name }) => name === "SYSTEM_TIME");
    expect(time?.fields).toEqual({ time_unix_usec: "1700000000123456", time_boot_ms: 5_000 });

    const [{ askedAtMs, receivedAtMs, sentAtMs, answeredAtMs }] = clock as [Told["clock"][number]];
    // One machine, one clock; half a millisecond for its two ways of being read.
    const inOrder = [askedAtMs - 0.5, receivedAtMs, sentAtMs, answeredAtMs + 0.5];
    expect(inOrder.toSorted((one, other) => one - other)).toEqual(inOrder);
  });
});

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { TelemetryClient } from "../../lib/index.js";
import { encodeMavlink } from "../../server/telemetry/mavlink/encode-mavlink.js";
import { makeFileDirectory } from "../support/make-file.js";
import { CERTIFICATE } from "../support/self-signed.js";
import { startCli } from "./run-cli.js";
import { runHere } from "./run-here.js";

const VEHICLE = { systemId: 7, componentId: 1, version: 2 } as const;
const HEARTBEAT = { type: 2, autopilot: 3, base_mode: 0x81, custom_mode: 5, system_status: 4, mavlink_version: 3 };

describe("glasslink send, to browsers", () => {
  it("serves page and telemetry, both with the certificate, and ends them with Ctrl-C", async () => {
    await using directory = await makeFileDirectory();
    const [certPath, keyPath] = ["cert.pem", "key.pem"].map((name) => join(directory.path, name)) as [string, string];
    await Promise.all([writeFile(certPath, CERTIFICATE.cert), writeFile(keyPath, CERTIFICATE.key)]);
    const vehicle = createSocket("udp4").bind(0, "127.0.0.1");
    await once(vehicle, "listening");
    const link = `mavlink-udp://127.0.0.1:${vehicle.address().port}`;
    const camera = ["--camera", "pattern?width=320&height=240", "--output", "web://127.0.0.1:0?camera=bow"];
    const telemetry = ["--telemetry", link, "--telemetry-port", "0", "--telemetry-rate", "20"];
    const tls = ["--tls-cert", certPath, "--tls-key", keyPath];
    await using cli = startCli(["send", ...camera, ...telemetry, ...tls]);

    const [, page] = await cli.says(/^web:\/\/127\.0\.0\.1:\d+ {2}open (https:\/\/127\.0\.0\.1:\d+\/) in a browser$/m);
    expect(await secureJson(`${page}cameras`)).toMatchObject([{ id: "bow", state: "live", width: 320, height: 240 }]);

    const [, url] = await cli.says(/^(https:\/\/\S+:\d+) {2}telemetry of mavlink-udp:\/\/127\.0\.0\.1:\d+$/m);
    await using client = new TelemetryClient(url as string, { rejectUnauthorized: false });
    const hello = once(client as never, "hello");
    // It speaks first, so that the vehicle knows where to answer.
    const [, { port, address }] = (await once(vehicle, "message")) as [Buffer, { port: number; address: string }];
    vehicle.send(encodeMavlink({ ...VEHICLE, name: "HEARTBEAT", sequence: 0, fields: HEARTBEAT }), port, address);
    expect(await hello).toEqual([{ version: 1, rateHz: 20, link }]);
    await expect
      .poll(() => client.latest?.vehicle, { timeout: 10_000 })
      .toMatchObject({ systemId: 7, type: "QUADROTOR", mode: "LOITER", armed: true });

    cli.process.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 130 });
    vehicle.close();
  });

  it.each([
    { args: ["--telemetry", "tcp://pi:14550"], says: /tcp:\/\/pi:14550: is no place to hear a vehicle/ },
    { args: ["--tls-cert", "missing.pem"], says: /there is a certificate, but no key/ },
  ])("refuses $args", async ({ args, says }) => {
    const { code, stdout, stderr } = await runHere(["send", "--camera", "pattern", "--output", "web://:0", ...args]);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(says)]);
  });
});

async function secureJson(url: string): Promise<unknown> {
  const [response] = await once(get(url, { rejectUnauthorized: false }), "response");
  return JSON.parse(await text(response));
}

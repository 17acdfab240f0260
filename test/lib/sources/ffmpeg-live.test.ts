import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { TsMuxer } from "../../../lib/mpegts/muxer.js";
import { openFfmpegSource } from "../../../lib/sources/ffmpeg.js";
import { hashAll } from "../../support/frame-hashes.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";
import { makeStream } from "../../support/make-stream.js";
import { runSource, sourceContext } from "../../support/run-source.js";
import { unitsOf } from "../../support/units-of.js";

const PICTURES = 20;
/** What a server sends at once to somebody who joins. */
const BACKLOG = 5;
const SHAPE = { width: 320, height: 240, fps: 30, frames: PICTURES, gop: 10 };
const VIDEO = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10"];

async function serve(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer({ noDelay: true }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The bytes of an FLV file, one piece a picture; the first begins with the header and the configuration. */
function splitFlv(file: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let offset = 13; offset < file.length; ) {
    const isPicture = file[offset] === 9 && file[offset + 12] === 1;
    offset += 11 + file.readUIntBE(offset + 1, 3) + 4;
    if (!isPicture) continue;
    pieces.push(file.subarray(start, offset));
    start = offset;
  }
  return pieces;
}

/** Sends the backlog, and then each picture only when the one before it has come out at the other end. */
function lockstep(send: (index: number) => void): { start: () => void; received: (units: number) => void } {
  let sent = 0;
  const sendUpTo = (end: number): void => {
    while (sent < Math.min(end, PICTURES)) send(sent++);
  };
  return { start: () => sendUpTo(BACKLOG), received: (units) => sendUpTo(units + 1) };
}

describe("live streams by ffmpeg", () => {
  let directory: FileDirectory;
  let units: AccessUnit[];
  beforeAll(async () => {
    directory = await makeFileDirectory();
    units = unitsOf(await makeStream({ ...SHAPE, codec: "h264" }), "h264");
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it("plays a file that an http server has", async () => {
    const file = await directory.make({ name: "video.mp4", encoder: [...VIDEO, "-movflags", "+faststart"] });
    const bytes = await readFile(file);
    await using server = await serve((_request, response) => void response.end(bytes));
    const run = await runSource(openFfmpegSource(`${server.url}/video.mp4`, sourceContext()));
    expect(run.error?.code).toBe("stream-ended");
    const [given, inFile] = await hashAll([run.units, file]);
    expect(given).toHaveLength(PICTURES);
    expect(given).toEqual(inFile);
  });

  it("holds no picture of FLV over http back until the next one", async () => {
    const pieces = splitFlv(await readFile(await directory.make({ name: "video.flv", encoder: VIDEO })));
    let response: ServerResponse | undefined;
    const steps = lockstep((index) => void response?.write(pieces[index]));
    await using server = await serve((_request, opened) => {
      response = opened;
      steps.start();
    });
    const run = await runSource(openFfmpegSource(`${server.url}/live`, sourceContext()), ({ units }) => {
      steps.received(units.length);
      return units.length === PICTURES;
    });
    expect(run.units).toHaveLength(PICTURES);
  });

  it("holds no picture of MPEG-TS over http back until the next one", async () => {
    const muxer = new TsMuxer({ codec: "h264" });
    let response: ServerResponse | undefined;
    const steps = lockstep((index) => void response?.write(muxer.mux(units[index] as AccessUnit, index * 33)));
    await using server = await serve((_request, opened) => {
      response = opened;
      steps.start();
    });
    const run = await runSource(openFfmpegSource(`${server.url}/live.ts`, sourceContext()), (seen) => {
      steps.received(seen.units.length);
      return seen.units.length === PICTURES;
    });
    expect(run.units.map((unit) => unit.data)).toEqual(units.map((unit) => unit.data));
  });

  it("follows a change of the configuration in the middle of FLV", async () => {
    const coded = { "small.flv": [...VIDEO, "-s", "160x120"], "large.flv": VIDEO };
    const files = await directory.makeAll(Object.entries(coded).map(([name, encoder]) => ({ name, encoder })));
    const [small, whole] = (await Promise.all(files.map((file) => readFile(file)))) as [Buffer, Buffer];
    const large = splitFlv(whole);
    // Without the file header.
    large[0] = (large[0] as Buffer).subarray(13);
    await using server = await serve((_request, response) => {
      response.end(Buffer.concat([small, ...large]));
    });
    const run = await runSource(openFfmpegSource(`${server.url}/live`, sourceContext()));
    expect(run.units).toHaveLength(2 * PICTURES);
    const [given, inFile] = await hashAll([run.units.slice(PICTURES), `${directory.path}/large.flv`]);
    expect(given).toHaveLength(PICTURES);
    expect(given).toEqual(inFile);
  });
});

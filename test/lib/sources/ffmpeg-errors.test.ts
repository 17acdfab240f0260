import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFfmpegSource } from "../../../lib/sources/ffmpeg.js";
import { fixturePath } from "../../support/fixture-path.js";
import { isRunning } from "../../support/is-running.js";
import { type FileDirectory, makeFileDirectory } from "../../support/make-file.js";
import { startRtspServer } from "../../support/rtsp-server.js";
import { runSource, sourceContext } from "../../support/run-source.js";

const VIDEO = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"];

/** A server that answers everything alike; `port` stays known when it is gone. */
async function answering(status: number, body: string): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function failureOf(url: string): Promise<{ code: string; message: string } | undefined> {
  const { error } = await runSource(openFfmpegSource(url, sourceContext()));
  return error && { code: error.code, message: error.message };
}

describe("what ffmpeg cannot open", () => {
  let directory: FileDirectory;
  beforeAll(async () => {
    directory = await makeFileDirectory();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it("is told for a missing file", async () => {
    expect(await failureOf(`${directory.path}/none.mp4`)).toEqual({
      code: "connect-failed",
      message: `${directory.path}/none.mp4: ffmpeg said: No such file or directory`,
    });
  });

  it("is told for a port where nobody listens, without the password", async () => {
    const { port, [Symbol.asyncDispose]: close } = await answering(200, "");
    await close();
    expect(await failureOf(`http://me:hunter2@127.0.0.1:${port}/live`)).toEqual({
      code: "connect-failed",
      message: `http://me:***@127.0.0.1:${port}/live: ffmpeg said: Connection refused`,
    });
  });

  it("is told for a page that is not there", async () => {
    await using server = await answering(404, "nothing here");
    const failure = await failureOf(`http://127.0.0.1:${server.port}/live`);
    expect(failure).toEqual({ code: "connect-failed", message: expect.stringContaining("404 Not Found") });
  });

  it.each([401, 403])("is told for a password that an http server refuses with %i", async (status) => {
    await using server = await answering(status, "go away");
    const failure = await failureOf(`http://me:hunter2@127.0.0.1:${server.port}/live`);
    expect(failure).toEqual({
      code: "unauthorized",
      message: expect.stringContaining("user name or password refused"),
    });
    expect(failure?.message).not.toContain("hunter2");
  });

  it("is told for a password that an RTSP server refuses", async () => {
    await using server = await startRtspServer({ codec: "h264", refusesEveryone: true });
    const failure = await failureOf(server.url);
    expect(failure).toEqual({ code: "unauthorized", message: expect.stringContaining("me:***@") });
  });

  it("is told for a web page instead of a video", async () => {
    await using server = await answering(200, `<!DOCTYPE html><html>${"<p>Please log in</p>".repeat(500)}</html>`);
    const failure = await failureOf(`http://127.0.0.1:${server.port}/live`);
    expect(failure).toEqual({ code: "invalid-data", message: expect.stringContaining("what came is no video") });
  });

  it("is told for sound without pictures", async () => {
    const sound = `${directory.path}/sound.wav`;
    // 0.1 s of silence: 8,000 samples a second, 8 bits, one channel.
    const header = Buffer.from(
      "5249464644030000574156456d7420201000000001000100401f0000401f000001000800646174612003000000",
      "hex",
    );
    header.write("fmt ", 12);
    await writeFile(sound, Buffer.concat([header, Buffer.alloc(800, 0x80)]));
    expect(await failureOf(sound)).toEqual({
      code: "unsupported",
      message: expect.stringContaining("there is no video in it"),
    });
  });

  it("is told for a protocol that ffmpeg does not know", async () => {
    expect(await failureOf("smoke://signals")).toEqual({
      code: "unsupported",
      message: expect.stringContaining("this ffmpeg cannot open that kind of URL or device"),
    });
  });

  it("is told for an ffmpeg that is not there", async () => {
    const context = sourceContext({ ffmpeg: async () => "/nowhere/ffmpeg" });
    const { error } = await runSource(openFfmpegSource("video.mp4", context));
    expect(error).toMatchObject({ code: "process-failed", message: expect.stringContaining("could not be started") });
  });
});

describe("an ffmpeg that fails", () => {
  let directory: FileDirectory;
  let video: string;
  const context = sourceContext({ ffmpeg: async () => fixturePath("fake-demuxer") });
  const childOf = async (file: string): Promise<number> => Number(await readFile(`${file}.pid`, "utf8"));

  beforeAll(async () => {
    directory = await makeFileDirectory();
    video = await directory.make({ name: "video.mp4", encoder: VIDEO, frames: 90 });
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it("is killed when it gives nothing in time and does not listen", async () => {
    const file = `${directory.path}/a.hang`;
    const { error } = await runSource(openFfmpegSource(file, { ...context, connectTimeoutMs: 300 }));
    expect(error).toMatchObject({ code: "connect-failed", message: `${file}: no video within 300 ms` });
    expect(isRunning(await childOf(file))).toBe(false);
  });

  it("is ended when it writes what nobody can read", async () => {
    const file = `${directory.path}/a.garbage`;
    const run = await runSource(openFfmpegSource(file, context));
    expect(run.error?.code).toBe("invalid-data");
    expect(run.connected).toEqual([]);
    expect(isRunning(await childOf(file))).toBe(false);
  });

  it("is reported with its exit code and last words when it dies, without the password", async () => {
    const file = `${directory.path}/a.crash`;
    await copyFile(video, file);
    const run = await runSource(openFfmpegSource(file, context));
    expect(run.units.length).toBeGreaterThan(0);
    expect(run.error).toMatchObject({ code: "process-failed", details: { code: 3 } });
    expect(run.error?.message).toContain("cannot read rtsp://me:***@camera/ any more");
  });

  it("is gone when the run that was aborted has ended", async () => {
    const run = await runSource(openFfmpegSource(video, context), ({ units }) => units.length > 0);
    expect(run.error).toBeUndefined();
    expect(isRunning(await childOf(video))).toBe(false);
  });

  it("is not even started when the run was aborted before", async () => {
    const file = `${directory.path}/never.mp4`;
    await openFfmpegSource(file, context).run({} as never, AbortSignal.abort());
    await expect(childOf(file)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

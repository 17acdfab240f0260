import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { viewStreams } from "../../cli/view-streams.js";
import { RecordingLogger } from "../support/recording-logger.js";

const browser = vi.hoisted(() => ({ open: (): Promise<unknown> => Promise.reject(new Error("not asked for")) }));
vi.mock("open", () => ({ default: () => browser.open() }));

it("tells why the streams ended while the browser was still being opened", async () => {
  const camera = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (request) => {
      const number = /CSeq: *(\d+)/i.exec(`${request}`)?.[1];
      socket.write(`RTSP/1.0 401 Unauthorized\r\nCSeq: ${number}\r\nWWW-Authenticate: Basic realm="camera"\r\n\r\n`);
    });
  }).listen(0, "127.0.0.1");
  await once(camera, "listening");
  const logger = new RecordingLogger();
  browser.open = async () => {
    await vi.waitFor(() => expect(logger.lines.some((line) => line.startsWith("error "))).toBe(true));
    // What nobody takes care of by now ends the process.
    await setImmediate();
    throw new Error("no browser here");
  };
  const { port } = camera.address() as AddressInfo;
  const printed: string[] = [];
  const context = { signal: new AbortController().signal, logger, print: (text: string) => printed.push(text) };
  const options = { host: "127.0.0.1", port: 0, open: true, logLevel: "warn" as const };
  await expect(viewStreams([`rtsp://user:wrong@127.0.0.1:${port}/`], options, context as never)).rejects.toMatchObject({
    code: "unauthorized",
  });
  expect(printed).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/)]);
  expect(logger.lines.at(-1)).toContain("no browser here");
  camera.close();
});

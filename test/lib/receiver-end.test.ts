import { describe, expect, it } from "vitest";
import { Receiver } from "../../lib/receiver.js";
import { numbered, open, ScriptedSender } from "../support/scripted-sender.js";

describe("Receiver at its end", () => {
  it("is not streaming any more once its sender is gone, whatever the decoder still gives", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver, states } = open(url);
    await sender.send((await numbered()).slice(0, 10));
    const gone = new Promise<void>((resolve) => {
      receiver.on("state", ({ name }) => name === "reconnecting" && resolve());
    });
    await sender.stop();
    await gone;
    await expect.poll(() => receiver.stats().frames + receiver.stats().dropped).toBe(10);
    expect(states.slice(states.indexOf("reconnecting"))).not.toContain("streaming");
  });

  it("refuses a crop outside the picture", async () => {
    const sender = new ScriptedSender();
    const { url } = await sender.listen();
    const { receiver } = open(url, { crop: { x: 300, y: 0, width: 21, height: 10 } });
    const ended = new Promise((resolve) => receiver.once("error", resolve));
    await sender.send((await numbered()).slice(0, 1));
    expect(await ended).toMatchObject({
      code: "invalid-option",
      message: "crop = 21x10 at 300,0: must lie within the picture, which is 320x240",
    });
  });

  it("tells every kind of reader what ended it", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", { retry: { limit: 0 } });
    const loop = async (): Promise<void> => {
      for await (const _ of receiver) expect.unreachable();
    };
    const units = receiver.accessUnits();
    await expect(loop()).rejects.toMatchObject({ code: "connect-failed" });
    await expect(units.next()).rejects.toMatchObject({ code: "connect-failed" });
    await expect(receiver.accessUnits().next()).rejects.toMatchObject({ code: "connect-failed" });
  });

  it("ends at once on what no retry can mend", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", { ffmpegPath: "/nowhere/ffmpeg" });
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code: "ffmpeg-missing", message: expect.stringContaining("install it with") });
    expect(receiver.state).toEqual({ name: "closed", error });
    await expect(receiver.read()).rejects.toBe(error);
  });

  it("gives up after as many failures as it was told to bear", async () => {
    const { receiver } = open("tcp://127.0.0.1:1", {
      retry: { limit: 2, minDelayMs: 1, maxDelayMs: 2 },
      decode: false,
    });
    const error = await new Promise((resolve) => receiver.once("error", resolve));
    expect(error).toMatchObject({ code: "connect-failed", message: expect.stringContaining("connection refused") });
  });

  it.each([
    ["", /the URL is empty/],
    ["tcp://", /names no host/],
    ["tcp://host:70000", /port 70000 is not allowed/],
    ["tcp://host?speed=9", /"speed" is unknown; allowed: listen, format/],
    ["udp://239.1.1.1:5000?format=mp4", /format=mp4 is not allowed; it must be one of raw, ts, rtp/],
    ["ws://host/", /no stream comes by this/],
    [undefined, /the URL is undefined; it must be a string/],
    ["a\0b", /a URL holds no NUL character/],
  ])("refuses the URL %j in words that help", (url, message) => {
    expect(() => new Receiver(url as string)).toThrow(message);
  });
});

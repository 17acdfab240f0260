import { describe, expect, it } from "vitest";
import { namedStreams } from "../../cli/named-streams.js";

describe("namedStreams", () => {
  it.each([
    { texts: ["tcp://pi:8000"], streams: [{ name: "camera", url: "tcp://pi:8000" }] },
    {
      texts: ["tcp://pi:8000", "udp://:5000?format=ts"],
      streams: [
        { name: "camera1", url: "tcp://pi:8000" },
        { name: "camera2", url: "udp://:5000?format=ts" },
      ],
    },
    {
      texts: ["left=tcp://:8000?listen=1", "rtsp://pi/stream?x=1"],
      streams: [
        { name: "left", url: "tcp://:8000?listen=1" },
        { name: "camera2", url: "rtsp://pi/stream?x=1" },
      ],
    },
    { texts: ["le ft=tcp://pi:8000"], streams: [{ name: "camera", url: "le ft=tcp://pi:8000" }] },
  ])("reads $texts", ({ texts, streams }) => {
    expect(namedStreams(texts)).toEqual(streams);
  });

  it("refuses two of one name", () => {
    const message = 'two streams are called "camera2"; names must differ';
    expect(() => namedStreams(["camera2=tcp://a", "tcp://b"])).toThrow(message);
  });
});

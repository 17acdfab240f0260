import { describe, expect, it } from "vitest";
import { openOutput } from "../../../server/outputs/index.js";

describe("openOutput", () => {
  it.each([
    ["tcp://:8000", "tcp://:8000"],
    ["tcp://", "tcp://:8000"],
    ["tcp://0.0.0.0:9000", "tcp://0.0.0.0:9000"],
    ["tcp://[::]:8000?join=keyframe&maxBacklogMs=500&maxClients=3", "tcp://[::]:8000"],
    ["tcp://desk:8000?connect=1&join=gop", "tcp://desk:8000"],
    ["tcp://desk?connect", "tcp://desk:8000"],
    ["udp://239.1.1.1", "udp://239.1.1.1:5000"],
    ["udp://desk:5004?format=rtp&sdp=/tmp/desk.sdp", "udp://desk:5004"],
    ["udp://[ff12::1]:5000?format=ts&ttl=4&interface=eth0", "udp://[ff12::1]:5000"],
  ])("opens %s as %s", (text, url) => {
    expect(openOutput(text).url).toBe(url);
  });

  it.each([
    ["rtsp://:8554", 'no output for "rtsp://"; allowed: tcp, udp'],
    ["8000", "must look like scheme://host:port?name=value"],
    ["tcp://:70000", "port 70000 is not allowed; 0 to 65535 is"],
    ["tcp://:8000?ttl=1", 'parameter "ttl" is unknown; allowed: connect, join, maxBacklogMs, maxClients'],
    ["tcp://:8000?join=now", "join=now is not allowed; it must be one of gop, keyframe"],
    ["tcp://:8000?maxBacklogMs=0.2", "maxBacklogMs=0.2 is not allowed; it must be a whole number from 20 to 60000"],
    ["tcp://:8000?maxClients=0", "maxClients=0 is not allowed; it must be a whole number from 1 to 10000"],
    ["tcp://:8000?connect=1", "connect=1 needs the receiver's host, as in tcp://192.0.2.7:8000?connect=1"],
    ["tcp://desk:0?connect=1", "port 0 cannot be connected to; 1 to 65535 is allowed"],
    ["tcp://desk:1?connect=1&maxClients=2", "maxClients is only for listening; connect=1 makes one connection"],
    ["udp://:5000", "a host is needed, as in udp://239.1.1.1:5000"],
    ["udp://desk:0", "port 0 cannot be sent to; 1 to 65535 is allowed"],
    ["udp://desk:1?format=flv", "format=flv is not allowed; it must be one of raw, ts, rtp"],
    ["udp://desk:1?ttl=256", "ttl=256 is not allowed; it must be a whole number from 1 to 255"],
    ["udp://desk:1?format=ts&sdp=x", "sdp is only for format=rtp"],
    ["udp://desk:1?loop=1", 'parameter "loop" is unknown; allowed: format, ttl, interface, sdp'],
  ])("refuses %s: %s", (text, problem) => {
    expect(() => openOutput(text)).toThrow(
      expect.objectContaining({ name: "StreamError", code: "invalid-url", message: `${text}: ${problem}` }),
    );
  });

  it("describes RTP in a file named after the port unless told otherwise", () => {
    expect(openOutput("udp://desk:5004?format=rtp").stats().sdpPath).toBe(`${process.cwd()}/glasslink-5004.sdp`);
    expect(openOutput("udp://desk:5004?format=rtp&sdp=/tmp/a.sdp").stats().sdpPath).toBe("/tmp/a.sdp");
    expect(openOutput("udp://desk:5004").stats().sdpPath).toBeUndefined();
  });
});

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
    ["rtsp://", "rtsp://:8554/stream"],
    ["RTSP://0.0.0.0:554/", "rtsp://0.0.0.0:554/stream"],
    ["rtsp://me:p@ss:w@[::1]:8554/cameras/front/?join=keyframe&aud=1", "rtsp://[::1]:8554/cameras/front"],
    ["rtsp://:8554/a?multicast=239.1.1.1:6000&ttl=4&interface=eth0&maxClients=2", "rtsp://:8554/a"],
    ["rtsp://:8554/a?multicast=[ff15::1]&maxBacklogMs=500", "rtsp://:8554/a"],
    ["rtsp://:8554/a?multicast=0", "rtsp://:8554/a"],
    ["webrtc+http://pi", "webrtc+http://pi:8080/stream?camera=camera"],
    ["WebRTC+HTTP://pi:80/?camera=left&token=secret", "webrtc+http://pi/stream?camera=left"],
    [
      "webrtc+https://[::1]:8443/cameras/?insecure=1&camera=a.b-c_1",
      "webrtc+https://[::1]:8443/cameras?camera=a.b-c_1",
    ],
    ["whip+http://pi:8080/whip/left", "whip+http://pi:8080/whip/left"],
    ["whip+https://host/whip/cam?token=t&insecure&room=7&key=k#a", "whip+https://host/whip/cam?room=7&key=***"],
  ])("opens %s as %s", (text, url) => {
    expect(openOutput(text).url).toBe(url);
  });

  it.each([
    [
      "srt://:8554",
      'no output for "srt://"; allowed: rtsp, rtsp-push, webrtc+http, webrtc+https, whip+http, whip+https, chunked-udp, mjpeg-tcp, tcp, udp, web',
    ],
    ["rtsps://:8554", 'no output for "rtsps://"; rtsp:// is'],
    ["rtsp:/stream", "must look like rtsp://user:***@host:554/path"],
    ["rtsp://:8554/a//b", "path /a//b is not allowed; it must look like /stream or /cameras/front"],
    ["rtsp://:8554/my stream", "path /my stream is not allowed; it must look like /stream or /cameras/front"],
    ["rtsp://me@:8554/a", "a user name needs a password, and the other way round, as in rtsp://user:***@:8554/stream"],
    ["rtsp://:8554/a?join=now", "join=now is not allowed; it must be one of gop, keyframe"],
    ["rtsp://:8554/a?aud=2", "aud=2 is not allowed; it must be 0 or 1"],
    ...["10.0.0.1", "239.1.1.1:5005", "239.1.1.1:0", "[::1]", "yes"].map((group) => [
      `rtsp://:8554/a?multicast=${group}`,
      `multicast=${group} is not allowed; it must be 0, 1 or a group with an even port, as 239.1.1.1:5004`,
    ]),
    ["rtsp://:8554/a?multicast=0&ttl=2", "ttl and interface are for multicast, which multicast=0 turns off"],
    ["webrtc+rtsp://pi", "must look like webrtc+http://192.0.2.7:8080/stream?camera=left"],
    ["webrtc+http://:8080", "must look like webrtc+http://192.0.2.7:8080/stream?camera=left"],
    ["webrtc+http://pi:0", "port 0 cannot be connected to; 1 to 65535 is allowed"],
    [
      "webrtc+http://pi?camera=a/b",
      'camera=a/b is not allowed; it must be 1 to 64 letters, digits, "_", "." or "-", and not dots alone',
    ],
    ["webrtc+http://pi?id=1", 'parameter "id" is unknown; allowed: camera, token, insecure'],
    ["webrtc+http://pi?insecure=1", "insecure is only for webrtc+https://"],
    ["whip+ftp://host/whip", "must look like whip+https://media.example.org/whip/cam"],
    ["whip+http://me@host/whip", "no user name or password is taken; servers ask for a token, as in ?token=***"],
    ["whip+http://host/whip?insecure=2", "insecure=2 is not allowed; it must be 0 or 1"],
    ["whip+http://host/whip?insecure", "insecure is only for whip+https://"],
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

  it.each(["webrtc+http://pi?token=two%20words", "whip+http://host/whip?token=%0d%0a"])("refuses %s", (text) => {
    expect(() => openOutput(text)).toThrow("the token is not allowed; it must be letters, digits and signs of ASCII");
  });

  it("describes RTP in a file named after the port unless told otherwise", () => {
    expect(openOutput("udp://desk:5004?format=rtp").stats().sdpPath).toBe(`${process.cwd()}/glasslink-5004.sdp`);
    expect(openOutput("udp://desk:5004?format=rtp&sdp=/tmp/a.sdp").stats().sdpPath).toBe("/tmp/a.sdp");
    expect(openOutput("udp://desk:5004").stats().sdpPath).toBeUndefined();
  });
});

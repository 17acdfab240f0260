import { describe, expect, it } from "vitest";
import { receiveCommand, receiveHint } from "../../cli/receive-command.js";

describe("receiveCommand", () => {
  it.each([
    { url: "tcp://127.0.0.1:8000", command: "glasslink probe tcp://127.0.0.1:8000" },
    { url: "tcp://[fd00::7]:8000", command: "glasslink probe tcp://[fd00::7]:8000" },
    { url: "udp://239.1.1.1:5000", command: "glasslink probe udp://239.1.1.1:5000" },
    { url: "udp://192.0.2.7:5000", command: "glasslink probe udp://:5000" },
    { url: "tcp://192.0.2.7:8000", given: "?connect=1", command: 'glasslink probe "tcp://:8000?listen=1"' },
    {
      url: "chunked-udp://127.0.0.1:9999",
      given: "?token=hunter2",
      command: 'glasslink probe "chunked-udp://127.0.0.1:9999?token=TOKEN"',
    },
    { url: "rtsp://127.0.0.1:8554/front", command: "glasslink probe rtsp://127.0.0.1:8554/front" },
    { url: "rtsp-push://192.0.2.7:8554/cam", command: "glasslink probe rtsp://192.0.2.7:8554/cam" },
  ])("tells how to receive $url", ({ url, given, command }) => {
    expect(receiveCommand(url, `${url}${given ?? ""}`)).toBe(command);
  });

  it("names an address of this machine where the output listens on all", () => {
    expect(receiveCommand("tcp://:8123", "tcp://:0")).toMatch(/^glasslink probe tcp:\/\/(\d+\.){3}\d+:8123$/);
  });

  it("leaves the password of an RTSP output to its reader", () => {
    const command = receiveCommand("rtsp://:8554/stream", "rtsp://me:hunter2@:8554/stream?aud=1");
    expect(command).toMatch(/^glasslink probe rtsp:\/\/me:PASSWORD@(\d+\.){3}\d+:8554\/stream$/);
  });
});

describe("receiveHint", () => {
  it.each([
    { url: "tcp://127.0.0.1:8000", hint: "receive with: glasslink probe tcp://127.0.0.1:8000" },
    { url: "webrtc+https://gate:8080/stream?camera=left", hint: "open https://gate:8080/ in a browser" },
    { url: "whip+https://relay/cam/whip", hint: "the server there serves it on" },
    { url: "web://127.0.0.1:8080", hint: "open http://127.0.0.1:8080/ in a browser" },
    { url: "web://[::1]:8080", given: "?tlsCert=c&tlsKey=k", hint: "open https://[::1]:8080/ in a browser" },
    { url: "web://[::1]:8080", isSecure: true, hint: "open https://[::1]:8080/ in a browser" },
  ])("tells how to receive $url", ({ url, given = "", isSecure = false, hint }) => {
    expect(receiveHint(url, `${url}${given}`, { isSecure })).toBe(hint);
  });

  it("names an address of this machine where the page is on all", () => {
    expect(receiveHint("web://:8080", "web://", { isSecure: false })).toMatch(
      /^open http:\/\/(\d+\.){3}\d+:8080\/ in a browser$/,
    );
  });
});

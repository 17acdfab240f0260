import { describe, expect, it } from "vitest";
import { completeUrl, openSendOutputs } from "../../cli/send-outputs.js";

describe("openSendOutputs", () => {
  it("calls a page's camera as its URL says, else as the command says", () => {
    const refusal = (url: string, cameraId: string) => () => openSendOutputs([url], { cameraId });
    expect(refusal("web://:0", "a/b")).toThrow("web://:0?camera=a%2Fb: camera=a/b is not allowed");
    expect(refusal("web://:0?jpegQuality=80", "a/b")).toThrow("web://:0?jpegQuality=80&camera=a%2Fb: camera=a/b");
    expect(refusal("web://:0?camera=left", "a/b")).not.toThrow();
  });

  it("leaves other outputs as they are", () => {
    const [output] = openSendOutputs(["tcp://127.0.0.1:8000"], { cameraId: "left", token: "secret" });
    expect(output?.url).toBe("tcp://127.0.0.1:8000");
  });

  it("gives chunked UDP the token, and what sends nothing but JPEGs their quality", () => {
    const refusal = (url: string, jpegQuality: number) => () => openSendOutputs([url], { token: "a b", jpegQuality });
    expect(refusal("chunked-udp://:0", 80)).toThrow("chunked-udp://:0?token=***&jpegQuality=80: the token is not");
    expect(refusal("chunked-udp://:0?token=own", 80)).not.toThrow();
    expect(refusal("mjpeg-tcp://:0", 101)).toThrow("mjpeg-tcp://:0?jpegQuality=101: jpegQuality=101 is not allowed");
    expect(refusal("mjpeg-tcp://:0?jpegQuality=50", 101)).not.toThrow();
  });

  it("tells what a URL is with that, for whoever says how it is received", () => {
    const additions = { token: "a b", jpegQuality: 80 };
    expect(completeUrl("chunked-udp://:9999", additions)).toBe("chunked-udp://:9999?token=a%20b&jpegQuality=80");
    expect(completeUrl("tcp://:8000", additions)).toBe("tcp://:8000");
  });

  it("gives a gateway id and token, a WHIP server the token", () => {
    const refusal = (url: string) => () => openSendOutputs([url], { cameraId: "left", token: "a b" });
    const problem = "token=***: the token is not allowed; it must be letters";
    expect(refusal("webrtc+http://a/stream")).toThrow(`webrtc+http://a/stream?camera=left&${problem}`);
    expect(refusal("whip+https://a/b?x=1")).toThrow(`whip+https://a/b?x=1&${problem}`);
    expect(refusal("whip+https://a/b?token=own")).not.toThrow();
    const [output] = openSendOutputs(["webrtc+http://a:1/stream"], { cameraId: "left", token: "secret" });
    expect(output?.url).toBe("webrtc+http://a:1/stream?camera=left");
  });
});

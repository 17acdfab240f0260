import { describe, expect, it } from "vitest";
import { resolveGatewayOptions } from "../../../server/gateway/gateway-options.js";

const GATE = { id: "gate", url: "tcp://192.0.2.1:8000" };

describe("options of a Gateway", () => {
  it("has defaults", () => {
    const defaults = { port: 8080, host: "", rtspPort: 8554, forgetAfterMs: 60_000, maxCameras: 64, outputs: [] };
    expect(resolveGatewayOptions({})).toMatchObject(defaults);
    expect(resolveGatewayOptions({ rtspPort: null, port: 0 })).toMatchObject({ rtspPort: null, port: 0 });
  });

  it.each([
    [{ port: 70_000 }, "port = 70000: must be a port, 0 to 65535"],
    [{ rtspPort: 0 }, "rtspPort = 0: must be a port, 1 to 65535, or null"],
    [{ prot: 1 }, "options: prot is unknown; allowed: port, host, rtspPort, cameras"],
    [{ cameras: "gate" }, 'cameras = "gate": must be a list, such as [{ id: "gate"'],
    [{ cameras: [{ ...GATE, id: "a/b" }] }, 'cameras.0.id = "a/b": must be 1 to 64 letters'],
    [{ cameras: [{ id: "gate" }] }, "cameras.0.url = undefined: must be a URL"],
    [{ cameras: [GATE, GATE] }, 'cameras: two are called "gate"; ids must differ'],
    [{ cameras: [{ ...GATE, url: "ws://a:hunter2@b" }] }, "ws://a:***@b: no stream comes by this"],
    [{ cameras: [GATE, { ...GATE, id: "b" }], maxCameras: 1 }, "cameras: there are 2; maxCameras allows 1"],
    [{ outputs: ["udp://239.1.1.1:5000"] }, "udp://239.1.1.1:5000: each camera needs an output of its own: +n behind"],
    [{ token: "hunter2 " }, "token: must be 1 to 256 letters, digits or signs of ASCII, without spaces"],
    [{ telemetry: "tcp://pi" }, "tcp:// is not allowed; http:// and https:// are"],
    [{ receiver: { maxFps: -1 } }, "maxFps = -1"],
    [{ maxCameras: 0 }, "maxCameras = 0: must be a whole number from 1 to 1000"],
  ])("refuses %j", (options, says) => {
    expect(() => resolveGatewayOptions(options as never)).toThrow(says);
    expect(() => resolveGatewayOptions(options as never)).not.toThrow("hunter2");
  });
});

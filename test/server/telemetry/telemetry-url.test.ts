import { describe, expect, it } from "vitest";
import { parseTelemetryUrl } from "../../../server/telemetry/telemetry-url.js";

describe("where a vehicle is heard", () => {
  it.each([
    ["mavlink-udp://:14550", { kind: "udp", host: undefined, port: 14_550 }],
    ["mavlink-udp://", { kind: "udp", host: undefined, port: 14_550 }],
    ["MAVLINK-UDP://:0", { kind: "udp", host: undefined, port: 0 }],
    ["mavlink-udp://router.local:14551", { kind: "udp", host: "router.local", port: 14_551 }],
    ["mavlink-udp://192.168.1.7", { kind: "udp", host: "192.168.1.7", port: 14_550 }],
    ["mavlink-udp://[fe80::1]:14550", { kind: "udp", host: "fe80::1", port: 14_550 }],
    ["mavlink-serial:/dev/ttyAMA0:921600", { kind: "serial", path: "/dev/ttyAMA0", baudRate: 921_600 }],
    ["mavlink-serial:/dev/ttyACM0", { kind: "serial", path: "/dev/ttyACM0", baudRate: 57_600 }],
    ["mavlink-serial:///dev/ttyACM0:115200", { kind: "serial", path: "/dev/ttyACM0", baudRate: 115_200 }],
    ["mavlink-serial:COM3:57600", { kind: "serial", path: "COM3", baudRate: 57_600 }],
    [
      "mavlink-serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0",
      { kind: "serial", path: "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0", baudRate: 57_600 },
    ],
  ])("%s", (text, expected) => {
    expect(parseTelemetryUrl(text)).toEqual(expected);
  });

  it.each([
    ["udp://:14550", "udp://:14550: is no place to hear a vehicle; allowed: mavlink-udp://:14550"],
    ["/dev/ttyAMA0", "/dev/ttyAMA0: is no place to hear a vehicle"],
    ["mavlink-udp:14550", "must look like scheme://host:port"],
    ["mavlink-udp://host:0", "port 0 is nobody's; 1 to 65535 are allowed"],
    ["mavlink-udp://0.0.0.0:14551", "names nobody to speak to; to listen, leave the host out: mavlink-udp://:14551"],
    ["mavlink-udp://[::]:14550", "names nobody to speak to"],
    ["mavlink-udp://:65536", "port 65536 is not allowed; 0 to 65535 is"],
    ["mavlink-udp://:14550?interface=eth0", "takes no parameters"],
    ["mavlink-serial:", "must name a port, as in mavlink-serial:/dev/ttyAMA0:921600"],
    ["mavlink-serial::57600", "must name a port"],
    ["mavlink-serial:/dev/ttyAMA0:300", "300 baud is not allowed; 1200 to 12000000 is"],
  ])("refuses %s", (text, problem) => {
    expect(() => parseTelemetryUrl(text)).toThrow(
      expect.objectContaining({ code: "invalid-url", message: expect.stringContaining(problem) }),
    );
  });

  it("keeps a password out of what it says", () => {
    expect(() => parseTelemetryUrl("mavlink-udp://user:hunter2@host:14550")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("hunter2") }),
    );
  });
});

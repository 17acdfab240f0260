import { describe, expect, it } from "vitest";
import { StreamError } from "../../../lib/errors.js";
import { telemetryAddress } from "../../../lib/telemetry/telemetry-address.js";

function problem(text: string): string {
  try {
    return `accepted as ${telemetryAddress(text)}`;
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid-url") return error.message;
    throw error;
  }
}

describe("the address of telemetry", () => {
  it.each([
    ["pi", "http://pi:8001"],
    ["pi:8080", "http://pi:8080"],
    ["http://pi", "http://pi:8001"],
    ["http://192.168.1.100:80/", "http://192.168.1.100:80"],
    ["https://pi.local", "https://pi.local:8001"],
    ["HTTP://[fe80::1]:9", "http://[fe80::1]:9"],
    ["[::1]", "http://[::1]:8001"],
  ])("takes %s as %s", (text, address) => {
    expect(telemetryAddress(text)).toBe(address);
  });

  it.each([
    ["", /must name a host/],
    [":8001", /must name a host/],
    ["tcp://pi:8000", /tcp:\/\/ is not allowed; http:\/\/ and https:\/\/ are/],
    ["pi:99999", /port 99999 is not allowed/],
    ["http://pi/drone", /must look like/],
    ["a b", /must name a host/],
    ["http://pi:8001?rate=5", /parameter "rate" is unknown/],
  ])("refuses %j and says why", (text, message) => {
    expect(problem(text)).toMatch(message);
  });

  it("tells no password", () => {
    expect(problem("http://user:secret@pi:8001")).toMatch(/^http:\/\/user:\*\*\*@pi:8001: must look like/);
  });
});

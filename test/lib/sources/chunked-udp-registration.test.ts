import { describe, expect, it } from "vitest";
import { ChunkedUdpRegistration } from "../../../lib/sources/chunked-udp-registration.js";
import { FakeClock } from "../../support/fake-clock.js";

function register(...requests: string[]) {
  const clock = new FakeClock();
  const said: string[] = [];
  const registration = new ChunkedUdpRegistration({
    clock,
    requests: requests.map((text) => Buffer.from(text)),
    send: (message) => said.push(`${clock.now() - 1_000} ${message}`),
  });
  /** Lets time pass in which the server says something every 100 ms. */
  const pass = (milliseconds: number, heard: boolean): void => {
    for (let passed = 0; passed < milliseconds; passed += 100) {
      if (heard) registration.heard();
      clock.advance(100);
    }
  };
  return { clock, said, registration, pass };
}

describe("ChunkedUdpRegistration", () => {
  it("asks in one way and the other until there is an answer", () => {
    const { said, pass } = register("new", "old");
    pass(1_600, false);
    pass(5_000, true);
    expect(said).toEqual(["0 new", "500 old", "1000 new", "1500 old"]);
  });

  it("reminds the server each 15 s", () => {
    const { said, pass } = register("new");
    pass(46_000, true);
    expect(said).toEqual(["0 new", "15000 KEEPALIVE", "30000 KEEPALIVE", "45000 KEEPALIVE"]);
  });

  it("asks again after a second of silence, as was answered, and each second of a server that says no more", () => {
    const { said, pass, registration, clock } = register("new", "old");
    pass(600, false);
    pass(400, true);
    pass(900, false);
    expect(said).toEqual(["0 new", "500 old", "1900 old"]);
    registration.heard();
    clock.advance(1_000);
    expect(said.slice(3)).toEqual(["2900 old"]);
    clock.advance(500);
    expect(said.slice(4)).toEqual(["3400 new"]);
  });

  it("says nothing more once it is closed", () => {
    const { said, registration, clock } = register("new");
    registration.close();
    clock.advance(60_000);
    expect(said).toEqual(["0 new"]);
    expect(clock.waiting).toBe(0);
  });
});

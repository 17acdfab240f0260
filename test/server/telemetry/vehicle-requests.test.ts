import { describe, expect, it } from "vitest";
import type { MavlinkMessage } from "../../../lib/telemetry/mavlink-message.js";
import { Companion } from "../../../server/telemetry/companion.js";
import { MavlinkParser } from "../../../server/telemetry/mavlink/mavlink-parser.js";
import { VehicleRequests } from "../../../server/telemetry/vehicle-requests.js";
import { FakeClock } from "../../support/fake-clock.js";
import { makeMessage } from "./make-message.js";

const [ACCEPTED, TEMPORARILY_REJECTED, UNSUPPORTED, IN_PROGRESS] = [0, 1, 3, 5];
const [ARDUPILOT, PX4] = [3, 12];
const QUADROTOR = 2;
const NAMES = ["ATTITUDE", "GLOBAL_POSITION_INT", "VFR_HUD", "SYS_STATUS", "GPS_RAW_INT", "BATTERY_STATUS"];
const IDS = [30, 33, 74, 1, 24, 147];

/** A vehicle that keeps what it is asked, with the hands of a clock in between. */
class Stage {
  readonly clock = new FakeClock();
  readonly asked: MavlinkMessage[] = [];
  readonly requests: VehicleRequests;
  hasPeer = true;
  readonly #parser = new MavlinkParser({ now: () => 0 });

  constructor({ autopilot = PX4, type = QUADROTOR, rateHz = 10 } = {}) {
    const companion = new Companion();
    companion.systemId = 7;
    const peer = { send: (packet: Buffer) => void this.asked.push(...this.#parser.datagram(packet)) };
    this.requests = new VehicleRequests({
      ...{ vehicle: { systemId: 7, componentId: 1, autopilot, type }, rateHz, companion, clock: this.clock },
      peer: () => (this.hasPeer ? peer : undefined),
    });
  }

  /** What was asked since the last call: an id for SET_MESSAGE_INTERVAL, and a stream's for REQUEST_DATA_STREAM. */
  get news(): (number | string)[] {
    return this.asked
      .splice(0)
      .map(({ name, fields }) => (name === "COMMAND_LONG" ? Number(fields.param1) : `stream ${fields.req_stream_id}`));
  }

  hears(name: string, fields: MavlinkMessage["fields"] = {}, version: 1 | 2 = 2): void {
    this.requests.heard(makeMessage(name, fields, { systemId: 7, version }));
  }

  answers(result: number, fields: MavlinkMessage["fields"] = {}): void {
    this.hears("COMMAND_ACK", { command: 511, result, target_system: 0, target_component: 0, ...fields });
  }

  /** Time passes in which the vehicle sends each of these so many times a second. */
  flies(seconds: number, rateHz: number, names: readonly string[] = NAMES): void {
    for (let count = 0; count < seconds * rateHz; count++) {
      for (const name of names) this.hears(name);
      this.clock.advance(1_000 / rateHz);
    }
  }
}

describe("asking a vehicle for its messages", () => {
  it("waits a second, and then asks for one after another as each is answered", () => {
    const stage = new Stage();
    stage.clock.advance(999);
    expect(stage.asked).toEqual([]);
    stage.clock.advance(1);
    expect(stage.asked).toMatchObject([
      {
        ...{ name: "COMMAND_LONG", systemId: 7, componentId: 194, version: 2 },
        fields: { target_system: 7, target_component: 1, command: 511, param1: 30, param2: 100_000 },
      },
    ]);
    for (const _ of IDS) stage.answers(ACCEPTED);
    expect(stage.news).toEqual(IDS);
  });

  it("asks for attitude, position and speed at the rate, and for the calm ones twice a second", () => {
    const stage = new Stage({ rateHz: 20 });
    stage.clock.advance(1_000);
    for (const _ of IDS) stage.answers(ACCEPTED);
    expect(stage.asked.map(({ fields }) => fields.param2)).toEqual([50_000, 50_000, 50_000, 500_000, 500_000, 500_000]);
  });

  it("asks for at least one a second, lest a part looks as if it were gone", () => {
    const stage = new Stage({ rateHz: 0.1 });
    stage.clock.advance(1_000);
    for (const _ of IDS) stage.answers(ACCEPTED);
    expect(new Set(stage.asked.map(({ fields }) => fields.param2))).toEqual(new Set([1_000_000]));
  });

  it("leaves a vehicle alone that sends everything often enough, and one that sends more", () => {
    const stage = new Stage();
    stage.flies(20, 10);
    stage.flies(20, 50);
    expect(stage.asked).toEqual([]);
  });

  it("asks only for what comes too slowly", () => {
    const stage = new Stage();
    stage.flies(
      1,
      10,
      NAMES.filter((name) => name !== "VFR_HUD"),
    );
    stage.clock.advance(1);
    expect(stage.news).toEqual([74]);
  });

  it("asks again, ever less often, while nothing comes", () => {
    const stage = new Stage();
    const times: number[] = [];
    for (let second = 0; second < 130; second++) {
      stage.flies(1, 10, NAMES.slice(1));
      if (stage.news.includes(30)) times.push(second);
    }
    // In the second second, then 2, 4, 8, 16 and 30 seconds later, which is the longest pause.
    expect(times.map((time, index) => time - (times[index - 1] ?? time))).toEqual([0, 2, 4, 8, 16, 30, 30, 30]);
  });

  it("does not ask again soon for what the vehicle has agreed to, or cannot do", () => {
    for (const result of [ACCEPTED, UNSUPPORTED]) {
      const stage = new Stage();
      stage.clock.advance(1_000);
      for (const _ of IDS) stage.answers(result);
      expect(stage.news).toEqual(IDS);
      stage.clock.advance(29_000);
      expect(stage.news).toEqual([]);
      stage.clock.advance(1_000);
      expect(stage.news).toEqual([30]);
    }
  });

  it("begins anew once a message came and stopped", () => {
    const stage = new Stage();
    stage.clock.advance(1_000);
    for (const _ of IDS) stage.answers(ACCEPTED);
    stage.flies(40, 10);
    expect(stage.news).toEqual(IDS);
    stage.flies(5, 10, NAMES.slice(1));
    expect(stage.news).toEqual([30, 30]);
  });

  it("waits while the vehicle is at it, and asks again soon where it is busy", () => {
    const stage = new Stage();
    stage.clock.advance(1_000);
    stage.answers(IN_PROGRESS);
    expect(stage.news).toEqual([30]);
    stage.answers(TEMPORARILY_REJECTED);
    expect(stage.news).toEqual([33]);
    stage.clock.advance(2_000);
    expect(stage.news).toContain(30);
  });

  it("takes no answer that is for somebody else, or to another question", () => {
    const stage = new Stage();
    stage.clock.advance(1_000);
    stage.answers(ACCEPTED, { target_system: 255, target_component: 190 });
    stage.answers(ACCEPTED, { target_system: 7, target_component: 191 });
    stage.answers(ACCEPTED, { command: 400 });
    expect(stage.news).toEqual([30]);
    stage.answers(ACCEPTED, { target_system: 7, target_component: 194 });
    expect(stage.news).toEqual([33]);
  });

  it("asks ArduPilot that does not know the command for its streams", () => {
    const stage = new Stage({ autopilot: ARDUPILOT });
    stage.clock.advance(1_000);
    stage.answers(UNSUPPORTED);
    expect(stage.asked[1]).toMatchObject({
      name: "REQUEST_DATA_STREAM",
      fields: { target_system: 7, target_component: 1, req_stream_id: 10, req_message_rate: 10, start_stop: 1 },
    });
    for (const _ of IDS.slice(1)) stage.answers(UNSUPPORTED);
    expect(stage.news.filter((one) => typeof one === "string")).toEqual(
      [10, 6, 11, 2, 2, 12].map((id) => `stream ${id}`),
    );
  });

  it("asks ArduPilot that answers nothing for its streams at the third try", () => {
    const stage = new Stage({ autopilot: ARDUPILOT });
    const perSecond = Array.from({ length: 9 }, () => {
      stage.flies(1, 10, NAMES.slice(1));
      return stage.news;
    });
    expect(perSecond.flat()).toEqual([30, 30, 30, "stream 10"]);
  });

  it.each([
    ["a plane", 1],
    ["a rover", 10],
    ["a boat", 11],
    ["a plane that takes off upright", 20],
  ])("asks %s for no streams, since ArduPilot would keep them in its settings", (_what, type) => {
    const stage = new Stage({ autopilot: ARDUPILOT, type });
    stage.clock.advance(1_000);
    for (const _ of IDS) stage.answers(UNSUPPORTED);
    stage.clock.advance(60_000);
    expect(stage.asked.length).toBeGreaterThan(IDS.length);
    expect(stage.news.filter((one) => typeof one === "string")).toEqual([]);
  });

  it("asks other autopilots for no streams", () => {
    const stage = new Stage();
    stage.clock.advance(60_000);
    expect(stage.news.filter((one) => typeof one === "string")).toEqual([]);
  });

  it("speaks the version of MAVLink that the vehicle speaks", () => {
    const stage = new Stage();
    stage.hears("SYSTEM_TIME", { time_boot_ms: 1 }, 1);
    stage.clock.advance(1_000);
    expect(stage.asked).toMatchObject([{ version: 1 }]);
  });

  it("says nothing while there is nobody to say it to, and leaves no timer behind", () => {
    const stage = new Stage();
    stage.hasPeer = false;
    stage.clock.advance(10_000);
    expect(stage.asked).toEqual([]);
    stage.hasPeer = true;
    stage.clock.advance(1_000);
    expect(stage.news).toEqual([30]);
    stage.requests.close();
    expect(stage.clock.waiting).toBe(0);
  });
});

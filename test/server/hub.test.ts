import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../lib/codecs/access-unit.js";
import { Hub, type HubClient } from "../../server/hub.js";
import { makeUnits } from "./support/make-units.js";

function recorder(): HubClient & { got: AccessUnit[] } {
  const got: AccessUnit[] = [];
  return { got, unit: (unit) => void got.push(unit) };
}

const faulty: HubClient = {
  unit() {
    throw new Error("out of order");
  },
};

describe("Hub", () => {
  it("hands each unit to every client before publish returns", () => {
    const [hub, one, other] = [new Hub(), recorder(), recorder()];
    const [unit] = makeUnits({ count: 1 }) as [AccessUnit];
    hub.add(one);
    hub.add(other);
    hub.publish(unit);
    expect(one.got).toEqual([unit]);
    expect(other.got).toEqual([unit]);
  });

  it("removes and reports a client that throws, while the others get everything", () => {
    const failures: unknown[] = [];
    const hub = new Hub((client, error) => failures.push([client, (error as Error).message]));
    const [before, after] = [recorder(), recorder()];
    for (const client of [before, faulty, after]) hub.add(client);
    for (const unit of makeUnits({ count: 3 })) hub.publish(unit);
    expect(failures).toEqual([[faulty, "out of order"]]);
    expect(before.got).toHaveLength(3);
    expect(after.got).toHaveLength(3);
  });

  it("gives a removed client nothing more", () => {
    const [hub, client] = [new Hub(), recorder()];
    hub.add(client);
    hub.remove(client);
    for (const unit of makeUnits({ count: 2 })) hub.publish(unit);
    expect(client.got).toEqual([]);
  });

  it("keeps the current group of pictures, the unit being published among them", () => {
    const hub = new Hub();
    const seen: number[] = [];
    hub.add({ unit: () => void seen.push(hub.gop.units().length) });
    for (const unit of makeUnits({ count: 4, gop: 3 })) hub.publish(unit);
    expect(seen).toEqual([1, 2, 3, 1]);
  });
});

import { describe, expect, it } from "vitest";
import { parseFrameStart } from "../../../lib/chunked-udp/server-message.js";
import { ChunkedClient } from "../../../server/chunked-udp/chunked-client.js";
import { ChunkedClients } from "../../../server/chunked-udp/chunked-clients.js";
import { FrameSender } from "../../../server/chunked-udp/frame-sender.js";
import { FakeClock } from "../../support/fake-clock.js";

interface Watcher {
  client: ChunkedClient;
  channel: { behind: boolean };
  sent: Buffer[];
  frames(): number;
  /** What it must echo. */
  challenge(): string;
}

/** A sender and its clients, without sockets. */
class Stage {
  readonly clock = new FakeClock();
  readonly clients = new ChunkedClients({ maxClients: 100, maxClientsPerAddress: 100 }, this.clock);
  readonly counters = { sentBytes: 0, droppedUnits: 0 };
  readonly sender: FrameSender;

  constructor(maxMbps = 1_000) {
    const { clients, clock, counters } = this;
    this.sender = new FrameSender({ clients, clock, maxMbps, counters, onTooLarge: () => {} });
  }

  join({ owner, isPrivate, port }: { owner: string; isPrivate: boolean; port: number }): Watcher {
    const sent: Buffer[] = [];
    const send = (datagram: Buffer): void => void sent.push(datagram);
    const channel = { behind: false, send, end: () => {}, retire: () => {}, close: async () => {} };
    const from = { address: owner, port, family: "IPv4" as const, size: 0 };
    const client = new ChunkedClient({ name: owner, owner, isPrivate, channel, clock: this.clock, payload: "jpeg" });
    this.clients.add(from, client);
    client.registered("jpeg");
    const frames = (): number => sent.filter((datagram) => parseFrameStart(datagram)).length;
    const challenge = (): string => sent[1]?.toString().split(" ")[1] ?? "";
    return { client, channel, sent, frames, challenge };
  }

  /** Sends pictures, so many a second. */
  stream(seconds: number, { perSecond = 2, bytes = 10_000 }: { perSecond?: number; bytes?: number } = {}): void {
    for (let count = 0; count < seconds * perSecond; count++) {
      this.sender.picture(Buffer.alloc(bytes));
      this.clock.advance(1_000 / perSecond);
      this.sender.sweep();
    }
  }
}

const STRANGER = { owner: "203.0.113.7", isPrivate: false };

describe("FrameSender", () => {
  it("gives a public address 4 frames a minute before it answers the challenge, and all behind that", () => {
    const stage = new Stage();
    const { client, sent, frames, challenge } = stage.join({ ...STRANGER, port: 1 });
    expect(sent[0]?.toString()).toBe("REGISTERED");
    stage.stream(59);
    expect(frames()).toBe(4);
    client.challengeAnswered("wrong");
    stage.stream(61);
    expect(frames()).toBe(8);
    client.challengeAnswered(challenge());
    stage.stream(1);
    expect(frames()).toBe(10);
    expect(stage.counters.droppedUnits).toBe(0);
  });

  it("does so for all clients of one address together, also those that register anew", () => {
    const stage = new Stage();
    const watchers = Array.from({ length: 5 }, (_, port) => stage.join({ ...STRANGER, port }));
    stage.stream(30);
    watchers.push(stage.join({ ...STRANGER, port: 9 }));
    stage.stream(29);
    expect(watchers.reduce((sum, { frames }) => sum + frames(), 0)).toBe(4);
    const other = stage.join({ ...STRANGER, owner: "203.0.113.8", port: 1 });
    stage.stream(1);
    expect(other.frames()).toBe(1);
  });

  it("gives it none of more than 64 KiB", () => {
    const stage = new Stage();
    const { frames } = stage.join({ ...STRANGER, port: 1 });
    stage.stream(60, { perSecond: 1, bytes: 70_000 });
    expect(frames()).toBe(0);
  });

  it("answers a stranger that repeats itself no more than once a second", () => {
    const stage = new Stage();
    const { client, sent } = stage.join({ ...STRANGER, port: 1 });
    for (let count = 0; count < 100; count++) client.registered("jpeg");
    // Ten bytes and 22, four times at once: for 15 bytes each of whoever asks.
    expect(sent.length).toBe(8);
    expect(sent[0]?.length).toBe(10);
    expect(sent[1]?.length).toBe(22);
    stage.clock.advance(1_000);
    for (let count = 0; count < 100; count++) client.keptAlive();
    expect(sent.length).toBe(9);
  });

  it("sends no more than the bound, whole frames only, and lets no client starve", () => {
    const stage = new Stage(2);
    const watchers = Array.from({ length: 7 }, (_, port) =>
      stage.join({ owner: `10.0.0.${port}`, isPrivate: true, port }),
    );
    stage.stream(10, { perSecond: 30 });
    const mbps = (stage.counters.sentBytes * 8) / 10 / 1e6;
    expect(mbps).toBeGreaterThan(1.9);
    expect(mbps).toBeLessThan(2.1);
    const counts = watchers.map(({ frames }) => frames());
    expect(Math.min(...counts)).toBeGreaterThan(0.8 * Math.max(...counts));
    expect(stage.counters.droppedUnits).toBe(7 * 300 - counts.reduce((sum, count) => sum + count, 0));
    for (const { sent } of watchers) expect((sent.length - 2) % (1 + 9)).toBe(0);
  });

  it("sends frames larger than the bound now and then", () => {
    const stage = new Stage(1);
    const { frames } = stage.join({ owner: "10.0.0.1", isPrivate: true, port: 1 });
    stage.stream(20, { perSecond: 1, bytes: 200_000 });
    expect(frames()).toBeGreaterThanOrEqual(10);
    expect(frames()).toBeLessThanOrEqual(13);
  });

  it("leaves frames out where the system has not taken what was sent before", () => {
    const stage = new Stage();
    const slow = stage.join({ owner: "10.0.0.1", isPrivate: true, port: 1 });
    const other = stage.join({ owner: "10.0.0.2", isPrivate: true, port: 1 });
    slow.channel.behind = true;
    stage.stream(1);
    slow.channel.behind = false;
    stage.stream(1);
    expect([slow.frames(), other.frames(), stage.counters.droppedUnits]).toEqual([2, 4, 2]);
  });
});

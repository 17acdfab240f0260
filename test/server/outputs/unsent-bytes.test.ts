import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { UnsentBytes } from "../../../server/outputs/unsent-bytes.js";
import { FakeClock } from "../../support/fake-clock.js";

/** Two ends of a connection, the second of which does not read. */
async function pair(host: string): Promise<{ writer: Socket; reader: Socket; close(): void }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const accepted = once(server, "connection");
  const reader = connect({ port: (server.address() as { port: number }).port, host }).pause();
  const [writer] = (await accepted) as [Socket];
  const close = (): void => {
    writer.destroy();
    reader.destroy();
    server.close();
  };
  return { writer, reader, close };
}

class Watched {
  written = 0;
  readonly seen: number[] = [];

  constructor(readonly socket: Socket) {}

  write(bytes: number): void {
    this.written += bytes;
    this.socket.write(Buffer.alloc(bytes));
  }

  handedBytes(): number {
    return this.written - this.socket.writableLength;
  }

  arrived(bytes: number): void {
    this.seen.push(bytes);
  }
}

describe("UnsentBytes", () => {
  it.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("sees what the kernel holds back for %s", async (host) => {
    const { writer, reader, close } = await pair(host);
    const unsent = UnsentBytes.of(new FakeClock());
    const watched = new Watched(writer);
    unsent.add(watched);
    watched.write(3_000_000);
    await unsent.sample();
    // The reader's kernel took a little; Node believes that most of it is gone.
    expect(watched.seen.at(-1)).toBeLessThan(1_500_000);
    reader.resume();
    let received = 0;
    for await (const chunk of reader) {
      received += (chunk as Buffer).length;
      if (received === 3_000_000) break;
    }
    await unsent.sample();
    expect(watched.seen.at(-1)).toBe(3_000_000);
    unsent.remove(watched);
    close();
  });

  it("looks every 100 ms, and only while somebody watches", async () => {
    const { writer, close } = await pair("127.0.0.1");
    const clock = new FakeClock();
    const unsent = UnsentBytes.of(clock);
    const [one, other] = [new Watched(writer), new Watched(writer)];
    expect(clock.waiting).toBe(0);
    unsent.add(one);
    unsent.add(other);
    expect(clock.waiting).toBe(1);
    clock.advance(100);
    await unsent.sample();
    expect([one.seen, other.seen]).toEqual([[0], [0]]);
    unsent.remove(one);
    unsent.remove(other);
    expect(clock.waiting).toBe(0);
    close();
  });

  it("makes one look at a time, however slow", async () => {
    const { writer, close } = await pair("127.0.0.1");
    const unsent = UnsentBytes.of(new FakeClock());
    const watched = new Watched(writer);
    unsent.add(watched);
    await Promise.all([unsent.sample(), unsent.sample(), unsent.sample()]);
    expect(watched.seen).toHaveLength(1);
    unsent.remove(watched);
    close();
  });

  it("is one for all that share a clock", () => {
    const clock = new FakeClock();
    expect(UnsentBytes.of(clock)).toBe(UnsentBytes.of(clock));
  });
});

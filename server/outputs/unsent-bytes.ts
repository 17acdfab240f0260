import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";
import type { Clock, Timer } from "../../lib/clock.js";

const INTERVAL_MS = 100;
/** A look takes milliseconds on a machine with much memory: the pause is so many times longer, within limits. */
const INTERVAL_PER_LOOK = 50;
const LONGEST_INTERVAL_MS = 500;
const TABLES = { IPv4: "/proc/net/tcp", IPv6: "/proc/net/tcp6" } as const;
const NOTHING_WAITS = "00000000";

/** A socket whose progress somebody wants to know. */
export interface WatchedSocket {
  readonly socket: Socket;
  /** Bytes given to the kernel so far. */
  handedBytes(): number;
  /** Told every 100 ms or so how many bytes have reached the other side at least, counted from the connection's start. */
  arrived(bytes: number): void;
}

/**
 * How much of what was written to TCP sockets has not arrived, the kernel's buffers included: up to 4 MB hide there
 * before `writableLength` rises, and Node cannot make them smaller. Linux tells it for all sockets in one table, read
 * every 100 ms however many watch, and not at all while none does. Elsewhere what the kernel took counts as arrived.
 *
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
export class UnsentBytes {
  static readonly #byClock = new WeakMap<Clock, UnsentBytes>();
  readonly #clock: Clock;
  readonly #watched = new Map<WatchedSocket, { table: string; key: string }>();
  #timer: Timer | undefined;
  #look: Promise<void> | undefined;
  #lookTookMs = 0;

  /** The one of this process, as long as there is one clock. */
  static of(clock: Clock): UnsentBytes {
    const known = UnsentBytes.#byClock.get(clock) ?? new UnsentBytes(clock);
    UnsentBytes.#byClock.set(clock, known);
    return known;
  }

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to watch a connected socket. */
  add(watched: WatchedSocket): void {
    const { localAddress, localPort, remoteAddress, remotePort, remoteFamily } = watched.socket;
    const local = hexEndpoint(localAddress ?? "", localPort ?? 0);
    const remote = hexEndpoint(remoteAddress ?? "", remotePort ?? 0);
    this.#watched.set(watched, { table: TABLES[remoteFamily === "IPv6" ? "IPv6" : "IPv4"], key: `${local} ${remote}` });
    this.#schedule();
  }

  /** Ends the watch; idempotent. */
  remove(watched: WatchedSocket): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** One look at all watched sockets; the one under way, if there is one. */
  sample(): Promise<void> {
    const startedMs = this.#clock.now();
    this.#look ??= this.#sample().finally(() => {
      this.#look = undefined;
      this.#lookTookMs = this.#clock.now() - startedMs;
      this.#schedule();
    });
    return this.#look;
  }

  #schedule(): void {
    if (this.#timer || this.#look || this.#watched.size === 0) return;
    const intervalMs = Math.min(Math.max(INTERVAL_MS, INTERVAL_PER_LOOK * this.#lookTookMs), LONGEST_INTERVAL_MS);
    this.#timer = this.#clock.after(intervalMs, () => {
      this.#timer = undefined;
      void this.sample();
    });
  }

  async #sample(): Promise<void> {
    // Taken before the table is read: what is handed over meanwhile only makes the result too careful.
    const before = [...this.#watched].map(([watched, place]) => ({ watched, place, handed: watched.handedBytes() }));
    const unsent = new Map<string, number>();
    const keyLengths = new Map(before.map(({ place }) => [place.table, place.key.length]));
    for (const [table, keyLength] of keyLengths) readTable(await textOf(table), keyLength, unsent);
    for (const { watched, place, handed } of before) {
      if (this.#watched.has(watched)) watched.arrived(handed - (unsent.get(place.key) ?? 0));
    }
  }
}

async function textOf(table: string): Promise<string> {
  return process.platform === "linux" ? readFile(table, "latin1").catch(() => "") : "";
}

/**
 * A line is a number, a colon, both endpoints, the state, and the bytes that wait to be sent. There may be tens of
 * thousands, in most of which nothing waits: those are passed over without taking them apart.
 */
function readTable(text: string, keyLength: number, unsent: Map<string, number>): void {
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    const keyAt = text.indexOf(": ", end) + 2;
    const waitingAt = keyAt + keyLength + " 01 ".length;
    if (keyAt < 2 || text.startsWith(NOTHING_WAITS, waitingAt)) continue;
    const waiting = Number.parseInt(text.slice(waitingAt, waitingAt + NOTHING_WAITS.length), 16);
    if (waiting > 0) unsent.set(text.slice(keyAt, keyAt + keyLength), waiting);
  }
}

/** An endpoint as the table writes it: the address in words of 32 bits of the machine's byte order, then the port. */
function hexEndpoint(address: string, port: number): string {
  const bytes = address.includes(":") ? ipv6Bytes(address) : Buffer.from(address.split(".").map(Number));
  if (endianness() === "LE" && bytes.length % 4 === 0) bytes.swap32();
  return `${bytes.toString("hex")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

function ipv6Bytes(address: string): Buffer {
  // The URL class writes the dotted form of a mapped IPv4 address, and any other, as groups of hexadecimal digits.
  const canonical = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

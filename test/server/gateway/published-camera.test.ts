import { describe, expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { StreamError } from "../../../lib/errors.js";
import type { SourceSink } from "../../../lib/sources/source.js";
import type { SessionSink } from "../../../server/gateway/camera-slots.js";
import { PublishedCamera } from "../../../server/gateway/published-camera.js";
import { FakeClock } from "../../support/fake-clock.js";

const GONE = new StreamError("connection-lost", "the camera has gone");

/** A published camera, its sessions, and a log of all that happens, each event as one word. */
class Stage {
  readonly clock = new FakeClock();
  readonly log: string[] = [];
  readonly camera = new PublishedCamera({
    ...{ id: "left", clock: this.clock, forgetAfterMs: 60_000 },
    onForgotten: () => this.log.push("forgotten"),
  });
  readonly #sink: SourceSink = {
    connected: ({ description }) => this.log.push(`connected:${description}`),
    bytes: (count) => this.log.push(`bytes:${count}`),
    live: () => this.log.push("live"),
    restarted: () => this.log.push("restarted"),
    unit: ({ data }) => this.log.push(`unit:${data}`),
    lost: (count) => this.log.push(`lost:${count}`),
    discarded: (count) => this.log.push(`discarded:${count}`),
  };

  /** A session that closes as one of WebRTC does: its end is told at once. */
  session(name: string): SessionSink {
    const sink: SessionSink = this.camera.begin({
      requestKeyframe: () => this.log.push(`${name}.keyframe?`),
      close: (reason) => {
        this.log.push(`${name}.close:${reason}`);
        sink.ended(GONE);
      },
    });
    sink.connected({ sameClock: false, description: name });
    return sink;
  }

  /** One run of the receiver. */
  run(): { stop(): void; ended: Promise<void> } {
    const stop = new AbortController();
    return { stop: () => stop.abort(), ended: this.camera.run(this.#sink, stop.signal) };
  }

  /** What happened since it was asked last. */
  events(): string[] {
    return this.log.splice(0);
  }
}

/** A picture as it comes: bytes first. Those of upper case are keyframes. */
function give(sink: SessionSink, ...names: string[]): void {
  for (const name of names) {
    sink.bytes(1);
    const keyframe = name === name.toUpperCase();
    const unit: AccessUnit = { codec: "h264", data: Buffer.from(name), keyframe, receivedAtMs: 0 };
    sink.unit(unit);
  }
}

describe("PublishedCamera", () => {
  it("gives what its session gives, and is connected when the first bytes come", () => {
    const stage = new Stage();
    stage.run();
    const session = stage.session("a");
    expect(stage.events()).toEqual([]);
    give(session, "K1", "p1");
    session.lost(2);
    session.live();
    session.discarded(7);
    session.restarted();
    const events = ["connected:a", "bytes:1", "unit:K1", "bytes:1", "unit:p1", "lost:2", "live", "discarded:7"];
    expect(stage.events()).toEqual([...events, "restarted"]);
    expect(stage.camera.url).toBe("webrtc:left");
  });

  it("goes on with the former session up to the new one's first keyframe", () => {
    const stage = new Stage();
    stage.run();
    const former = stage.session("a");
    give(former, "K1");
    const session = stage.session("b");
    give(session, "q1", "q2");
    session.lost(1);
    give(former, "p1");
    stage.events();
    give(session, "K2", "q3");
    const change = ["a.close:another took its place", "connected:b", "restarted", "unit:K2", "bytes:1", "unit:q3"];
    expect(stage.events()).toEqual(change);
    give(former, "K3");
    former.ended(GONE);
    expect(stage.events()).toEqual([]);
  });

  it("lets a third take the place of one that has given no keyframe yet", () => {
    const stage = new Stage();
    stage.run();
    give(stage.session("a"), "K1");
    const second = stage.session("b");
    stage.events();
    const third = stage.session("c");
    expect(stage.events()).toEqual(["b.close:another took its place"]);
    give(second, "K2");
    expect(stage.events()).toEqual([]);
    give(third, "K3");
    expect(stage.events()).toEqual(["a.close:another took its place", "connected:c", "restarted", "unit:K3"]);
  });

  it("waits for the new session where the former ends before its first keyframe", () => {
    const stage = new Stage();
    stage.run();
    const former = stage.session("a");
    give(former, "K1");
    const session = stage.session("b");
    give(session, "q1");
    stage.events();
    former.ended(GONE);
    expect(stage.events()).toEqual([]);
    give(session, "q2");
    expect(stage.events()).toEqual(["connected:b", "restarted", "b.keyframe?", "bytes:1", "unit:q2"]);
  });

  it("ends the run with the session, and waits in the next for another", async () => {
    const stage = new Stage();
    const { ended } = stage.run();
    const session = stage.session("a");
    give(session, "K1");
    session.ended(new StreamError("unsupported", "no picture can be made of this"));
    await expect(ended).rejects.toMatchObject({ code: "connection-lost", message: "no picture can be made of this" });
    stage.events();
    const next = stage.run();
    give(stage.session("b"), "K2");
    expect(stage.events()).toEqual(["connected:b", "bytes:1", "unit:K2"]);
    next.stop();
    await next.ended;
  });

  it("keeps a session that stalled, is connected when it gives bytes again, and asks for a keyframe", async () => {
    const stage = new Stage();
    const { stop, ended } = stage.run();
    const session = stage.session("a");
    give(session, "K1");
    stop();
    await ended;
    stage.events();
    stage.run();
    session.lost(1);
    expect(stage.events()).toEqual([]);
    give(session, "p9", "K9");
    const events = ["connected:a", "a.keyframe?", "bytes:1", "unit:p9", "bytes:1", "unit:K9"];
    expect(stage.events()).toEqual(events);
  });

  it("replaces a session that stalled", async () => {
    const stage = new Stage();
    const { stop, ended } = stage.run();
    give(stage.session("a"), "K1");
    stop();
    await ended;
    stage.run();
    const session = stage.session("b");
    stage.events();
    give(session, "q1", "K2");
    expect(stage.events()).toEqual(["a.close:another took its place", "connected:b", "unit:K2"]);
  });

  it("throws away what comes while nobody receives, and asks for a keyframe later", () => {
    const stage = new Stage();
    const session = stage.session("a");
    give(session, "K1", "p1");
    expect(stage.events()).toEqual([]);
    stage.run();
    give(session, "p2");
    expect(stage.events()).toEqual(["connected:a", "a.keyframe?", "bytes:1", "unit:p2"]);
  });

  it("is forgotten when it was away for long, and not before", () => {
    const stage = new Stage();
    stage.clock.advance(59_000);
    const session = stage.session("a");
    stage.clock.advance(600_000);
    const second = stage.session("b");
    session.ended(GONE);
    stage.clock.advance(600_000);
    expect(stage.events()).toEqual([]);
    second.ended(GONE);
    stage.clock.advance(59_999);
    expect(stage.events()).toEqual([]);
    stage.clock.advance(1);
    expect(stage.events()).toEqual(["forgotten"]);
  });

  it("closes its sessions, and those that come later, and leaves no timer", async () => {
    const stage = new Stage();
    const { stop, ended } = stage.run();
    const first = stage.session("a");
    give(first, "K1");
    stage.session("b");
    stage.events();
    stage.camera.close("enough");
    expect(stage.events()).toEqual(["a.close:enough", "b.close:enough"]);
    const late = stage.session("c");
    give(late, "K2");
    await Promise.resolve();
    expect(stage.events()).toEqual(["c.close:the camera is taken away"]);
    expect(stage.clock.waiting).toBe(0);
    stop();
    await ended;
  });
});

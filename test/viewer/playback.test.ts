import { beforeEach, describe, expect, it } from "vitest";
import type { CameraInfo, LiveTransport } from "../../server/web/live-protocol.js";
import { Playback } from "../../viewer/play/playback.js";
import type { OpenPlayer, Picture, Player, PlayerOptions } from "../../viewer/play/player.js";
import { cameraInfo } from "./support/camera-info.js";

const PICTURE = { width: 4, height: 3, capturedAtMs: null } as Picture;
const ALL: LiveTransport[] = ["websocket", "whep", "mjpeg"];

/** A player that does what the test says. */
class Puppet implements Player {
  dropped = 0;
  isClosed = false;
  constructor(
    readonly transport: LiveTransport,
    readonly options: PlayerOptions,
  ) {}
  close(): void {
    this.isClosed = true;
  }
}

describe("Playback", () => {
  let nowMs: number;
  let players: Puppet[];
  let pictures: number;
  let playback: Playback;
  let camera: CameraInfo;

  beforeEach(() => {
    nowMs = 1_000;
    players = [];
    pictures = 0;
    camera = cameraInfo({ transports: ALL });
    const open = (transport: LiveTransport): OpenPlayer => {
      return (options) => {
        const player = new Puppet(transport, options);
        players.push(player);
        return player;
      };
    };
    playback = new Playback({
      open: { websocket: open("websocket"), whep: open("whep"), mjpeg: open("mjpeg") },
      now: () => nowMs,
      capturedAtMs: () => null,
      isCaptureTimeKnown: () => false,
      onPicture: () => pictures++,
    });
  });

  /** Time passes, as the page sees it: it looks four times a second. */
  function pass(forMs: number, { isLinked = true, transports = ALL } = {}): void {
    for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 250)
      playback.look({ nowMs, camera, isLinked, transports });
  }

  const opened = (): LiveTransport[] => players.map(({ transport }) => transport);
  const newest = (): Puppet => players.at(-1) as Puppet;

  it("begins with the best transport, at once", () => {
    pass(250);
    expect(opened()).toEqual(["websocket"]);
    newest().options.onPicture(PICTURE);
    expect(pictures).toBe(1);
    expect(playback.transport).toBe("websocket");
  });

  it("takes the next transport after two failures without a picture, and the best again after all", () => {
    pass(60_000);
    expect(opened().slice(0, 7)).toEqual(["websocket", "websocket", "whep", "whep", "mjpeg", "mjpeg", "websocket"]);
    expect(playback.reason).toMatch("no picture came by");
  });

  it("stays with a transport that brought pictures", () => {
    pass(250);
    for (let count = 0; count < 5; count++) {
      newest().options.onPicture(PICTURE);
      newest().options.onEnd("the WebSocket was closed");
      expect(playback.reason).toBe("the WebSocket was closed");
      pass(1_000);
    }
    expect(opened()).toEqual(Array(6).fill("websocket"));
  });

  it("tries less and less often, at least every 5 s, while the server is away; no transport is to blame", () => {
    pass(250);
    for (let endMs = nowMs + 60_000; nowMs < endMs; ) {
      if (!newest().isClosed) newest().options.onEnd("refused");
      pass(250, { isLinked: false });
    }
    expect(players.length).toBeGreaterThan(12);
    expect(players.length).toBeLessThan(22);
    expect(new Set(opened())).toEqual(new Set(["websocket"]));
    expect(playback.failures).toBe(players.length - (newest().isClosed ? 0 : 1));
  });

  it("tries at once when the camera is back", () => {
    pass(250);
    camera = { ...camera, state: "lost", reason: "unplugged" };
    for (let count = 0; count < 6; count++) newest().options.onEnd("refused");
    pass(10_000);
    expect(players).toHaveLength(1);
    camera = { ...camera, state: "live" };
    pass(250);
    expect(players).toHaveLength(2);
  });

  it("keeps its connection while the camera is lost, and has patience when it is back", () => {
    pass(250);
    newest().options.onPicture(PICTURE);
    camera = { ...camera, state: "lost", reason: "unplugged" };
    pass(60_000);
    camera = { ...camera, state: "live" };
    pass(1_000);
    newest().options.onPicture(PICTURE);
    expect(players).toHaveLength(1);
    expect(newest().isClosed).toBe(false);
  });

  it("begins anew when a live camera's pictures stop for 2 s", () => {
    pass(250);
    newest().options.onPicture(PICTURE);
    pass(2_250);
    expect(players[0]?.isClosed).toBe(false);
    pass(1_000);
    expect(players[0]?.isClosed).toBe(true);
    expect(players).toHaveLength(2);
  });

  it("waits longer for a camera that gives a picture every other second", () => {
    camera = cameraInfo({ transports: ALL, fps: 0.5 });
    pass(250);
    newest().options.onPicture(PICTURE);
    pass(7_500);
    expect(players).toHaveLength(1);
    pass(2_000);
    expect(players).toHaveLength(2);
  });

  it("does not count the time in which the page slept", () => {
    pass(250);
    newest().options.onPicture(PICTURE);
    nowMs += 3_600_000;
    pass(1_000);
    expect(players).toHaveLength(1);
  });

  it("uses another transport when that alone is wanted", () => {
    pass(250);
    newest().options.onPicture(PICTURE);
    pass(1_000, { transports: ["mjpeg"] });
    expect(opened()).toEqual(["websocket", "mjpeg"]);
    expect(players[0]?.isClosed).toBe(true);
  });

  it("counts what all players dropped", () => {
    pass(250);
    newest().dropped = 3;
    newest().options.onEnd("closed");
    pass(1_000);
    newest().dropped = 4;
    expect(playback.dropped).toBe(7);
  });

  it("takes nothing from a player that it left, and stops until it is begun anew", () => {
    pass(250);
    playback.stop();
    newest().options.onPicture(PICTURE);
    newest().options.onEnd("late");
    pass(10_000);
    expect({ pictures, opened: opened(), reason: playback.reason }).toEqual({
      pictures: 0,
      opened: ["websocket"],
      reason: undefined,
    });
    playback.restart();
    pass(250);
    expect(opened()).toEqual(["websocket", "websocket"]);
  });
});

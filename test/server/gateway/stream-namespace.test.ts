import type { Socket } from "socket.io-client";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { webUnits } from "../web/support/web-units.js";
import { makeOffer } from "../webrtc/make-offer.js";
import { IngestStage, told } from "./support/ingest-stage.js";
import { PushingCamera } from "./support/pushing-camera.js";

const OFFER = { type: "offer", sdp: makeOffer({ without: ["a=recvonly"], more: ["a=sendonly"] }) };
const CANDIDATE = "candidate:1 1 udp 1 127.0.0.1 9 typ host";

interface Problem {
  cameraId?: string;
  code: number;
  message: string;
}

/** Pushes a camera over a socket until it is connected. */
async function push(stage: IngestStage, socket: Socket, cameraId: string): Promise<PushingCamera> {
  const camera = await PushingCamera.create();
  const answered = told<{ cameraId: string; answer: { type: string; sdp: string } }>(socket, "answer");
  socket.emit("offer", { cameraId, offer: { type: "offer", sdp: await camera.offer() } });
  const { cameraId: of, answer } = await answered;
  expect([of, answer.type]).toEqual([cameraId, "answer"]);
  await camera.connect(answer.sdp);
  await stage.connected();
  return camera;
}

describe("the namespace /stream", () => {
  it.each(["websocket", "polling"])("takes cameras over %s, several by one connection", async (transport) => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket({ transports: [transport] });
    using left = await push(stage, socket, "left");
    using right = await push(stage, socket, "right");
    const units = webUnits({ count: 3 });
    left.send(...units);
    right.send(...units.slice(0, 1));
    const [one, other] = stage.slots.sessions;
    await stage.slots.until(() => one?.units.length === 3 && other?.units.length === 1);
    expect(one?.units.map(({ data }) => data)).toEqual(units.map(({ data }) => data));
    expect([one?.cameraId, other?.cameraId]).toEqual(["left", "right"]);
    const stats = told(socket, "stats");
    socket.emit("stats");
    const shape = { state: "open", codec: "h264", width: 640, height: 480, lost: 0, nacks: 0 };
    expect(await stats).toEqual({
      cameras: [
        expect.objectContaining({ cameraId: "left", units: 3, ...shape }),
        expect.objectContaining({ cameraId: "right", units: 1, ...shape }),
      ],
    });
  });

  it("tells its addresses one by one too", async () => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket();
    const candidate = told(socket, "ice-candidate");
    socket.emit("offer", { cameraId: "left", offer: OFFER });
    expect(await candidate).toEqual({
      cameraId: "left",
      candidate: { candidate: expect.stringMatching(/^candidate:.* typ host/), sdpMid: "1", sdpMLineIndex: 1 },
    });
  });

  it("ends cameras that are disconnected, and with the socket its own", async () => {
    await using stage = await IngestStage.set();
    const [socket, other] = [await stage.socket(), await stage.socket()];
    using _left = await push(stage, socket, "left");
    using _right = await push(stage, socket, "right");
    using _rear = await push(stage, other, "rear");
    const [left, right, rear] = stage.slots.sessions;
    socket.emit("disconnect-camera", { cameraId: "left" });
    await stage.slots.until(() => left?.ended !== undefined);
    expect([left?.ended?.message, right?.ended]).toEqual(["it said goodbye", undefined]);
    socket.disconnect();
    await stage.slots.until(() => right?.ended !== undefined);
    expect(right?.ended).toMatchObject({
      ...{ code: "stream-ended", message: "its connection for signalling is gone" },
    });
    expect(rear?.ended).toBeUndefined();
  });

  it("tells a client that its session ended, unless it offered anew", async () => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket();
    using _one = await push(stage, socket, "left");
    using _two = await push(stage, socket, "left");
    const [first, second] = stage.slots.sessions;
    first?.session.close("another took its place");
    const problem = told<Problem>(socket, "error");
    second?.session.close("the camera is taken away");
    expect(await problem).toEqual({
      ...{ cameraId: "left", code: 410, message: "the session ended: the camera is taken away" },
    });
  });

  it("takes candidates before the answer, as text or as browsers write them, and the end of them", async () => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket();
    const problems: Problem[] = [];
    socket.on("error", (problem: Problem) => problems.push(problem));
    const answered = told(socket, "answer");
    socket.emit("offer", { cameraId: "left", offer: OFFER });
    for (const candidate of [CANDIDATE, `a=${CANDIDATE}`, { candidate: CANDIDATE, sdpMid: "1", sdpMLineIndex: 1 }]) {
      socket.emit("ice-candidate", { cameraId: "left", candidate });
    }
    for (const candidate of [null, "", { candidate: "" }, "candidate:2 1 udp 1 name.local 9 typ host"]) {
      socket.emit("ice-candidate", { cameraId: "left", candidate });
    }
    await answered;
    for (let port = 1; port <= 40; port++) {
      const candidate = CANDIDATE.replace(" 9 ", ` ${port} `);
      socket.emit("ice-candidate", { cameraId: "left", candidate });
    }
    const stats = told(socket, "stats");
    socket.emit("stats");
    expect(await stats).toMatchObject({ cameras: [{ state: "connecting", ignoredCandidates: 11, codec: null }] });
    expect([problems, await stage.metric("ignored_candidates")]).toEqual([[], 11]);
  });

  it("asks for the token", async () => {
    await using stage = await IngestStage.set({ token: "open-sesame" });
    for (const [auth, problem] of [
      [{}, "the token is missing"],
      [{ token: "open" }, "the token is wrong"],
      [{ token: ["open-sesame"] }, "the token is wrong"],
    ] as const) {
      await expect(stage.socket({ auth })).rejects.toMatchObject({
        ...{ message: `${problem}; it goes into auth: { token }`, data: { code: 401 } },
      });
    }
    await stage.socket({ auth: { token: "open-sesame" } });
    expect(await stage.metric("refused_tokens")).toBe(3);
  });

  const offer = (cameraId: unknown, of: unknown = OFFER) => ["offer", { cameraId, offer: of }] as const;
  it.each<[what: string, code: number, says: string, event: readonly [string, ...unknown[]]]>([
    ["an unknown event", 400, 'the event "shutdown" is not known; there are offer, ice-candidate,', ["shutdown"]],
    ["an event called error", 400, 'the event "error" is not known', ["error", { code: 1 }]],
    ["nothing", 400, "offer is not allowed: Invalid input: expected object", ["offer"]],
    ["an id that is a number", 400, "offer.cameraId is not allowed: Invalid input: expected string", offer(7)],
    ["an id with a path", 400, "offer.cameraId is not allowed: it must be 1 to 64 letters", offer("../../etc")],
    ["an id of two dots", 400, "offer.cameraId is not allowed", offer("..")],
    ["an answer for an offer", 400, "offer.offer.type is not allowed", offer("a", { ...OFFER, type: "answer" })],
    ["SDP that is a number", 400, "offer.offer.sdp is not allowed", offer("a", { type: "offer", sdp: 1 })],
    ["bytes for SDP", 400, "offer.offer.sdp is not allowed", offer("a", { type: "offer", sdp: Buffer.from("v=0") })],
    ["SDP that is none", 400, "the body is no SDP", offer("a", { type: "offer", sdp: "hello" })],
    ["SDP that is too long", 400, "offer.offer.sdp", offer("a", { type: "offer", sdp: "x".repeat(70_000) })],
    ["a viewer's offer", 406, "the offer sends no video", offer("a", { type: "offer", sdp: makeOffer() })],
    ["the id of another kind of camera", 409, 'camera "gate" is not one that pushes', offer("gate")],
    ["a candidate of nobody", 404, 'camera "a" has no session', ["ice-candidate", { cameraId: "a", candidate: "" }]],
    [
      "a candidate that is a number",
      400,
      "ice-candidate.candidate",
      ["ice-candidate", { cameraId: "a", candidate: 1 }],
    ],
  ])("refuses %s with %i, and nothing else is disturbed", async (_what, code, says, event) => {
    await using stage = await IngestStage.set();
    stage.slots.taken.add("gate");
    const socket = await stage.socket();
    const problem = told<Problem>(socket, "error");
    const [name, ...rest] = event;
    socket.emit(name, ...rest);
    expect(await problem).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(stage.slots.sessions).toEqual([]);
    expect(await stage.metric("bad_events")).toBe(1);
    const answered = told(socket, "answer");
    socket.emit("offer", { cameraId: "good", offer: OFFER });
    expect(await answered).toMatchObject({ cameraId: "good" });
  });

  it("refuses candidates that are none", async () => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket();
    const problem = told<Problem>(socket, "error");
    socket.emit("offer", { cameraId: "left", offer: OFFER });
    socket.emit("ice-candidate", { cameraId: "left", candidate: "hello" });
    expect(await problem).toMatchObject({
      cameraId: "left",
      code: 400,
      message: expect.stringContaining("candidate:"),
    });
  });

  it("takes 16 cameras of a socket, and 32 offers at once", async () => {
    await using stage = await IngestStage.set({ clock: new FakeClock() });
    const socket = await stage.socket();
    const problems: Problem[] = [];
    socket.on("error", (problem: Problem) => problems.push(problem));
    for (let camera = 0; camera < 17; camera++) socket.emit("offer", { cameraId: `c${camera}`, offer: OFFER });
    for (let again = 0; again < 16; again++) socket.emit("offer", { cameraId: "c0", offer: OFFER });
    await expect.poll(() => problems.length + stage.slots.sessions.length, { timeout: 10_000 }).toBe(33);
    expect(problems).toEqual([
      { cameraId: "c16", code: 429, message: "a connection may have 16 cameras, no more" },
      { cameraId: "c0", code: 429, message: "2 offers a second are taken, no more" },
    ]);
  });

  it("sends off who floods it, and no one else", async () => {
    await using stage = await IngestStage.set();
    const [socket, other] = [await stage.socket(), await stage.socket()];
    using _camera = await push(stage, other, "left");
    const problems: Problem[] = [];
    socket.on("error", (problem: Problem) => problems.push(problem));
    const gone = told(socket, "disconnect");
    const candidate = { cameraId: "right", candidate: CANDIDATE };
    socket.emit("offer", { cameraId: "right", offer: OFFER });
    for (let count = 0; count < 20_000; count++) socket.emit("ice-candidate", candidate);
    await gone;
    expect(problems).toEqual([{ code: 429, message: "100 events a second are taken, no more; goodbye" }]);
    const [left, right] = stage.slots.sessions;
    await stage.slots.until(() => right?.ended !== undefined);
    expect(left?.ended).toBeUndefined();
  });

  it("ends the connection of who sends more than any offer", async () => {
    await using stage = await IngestStage.set();
    const socket = await stage.socket();
    const gone = told(socket, "disconnect");
    socket.emit("offer", { cameraId: "left", offer: { type: "offer", sdp: "x".repeat(200_000) } });
    expect(await gone).toBe("transport close");
    await stage.socket();
  });
});

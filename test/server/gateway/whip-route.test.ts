import { describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { webUnits } from "../web/support/web-units.js";
import { makeOffer, OFFER_UFRAG } from "../webrtc/make-offer.js";
import { IngestStage } from "./support/ingest-stage.js";
import { PushingCamera } from "./support/pushing-camera.js";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
/** As a browser offers its camera. */
const OFFER = makeOffer({ without: ["a=recvonly"], more: ["a=sendonly"] });

describe("WHIP", () => {
  it("begins a session that nobody can guess", async () => {
    await using stage = await IngestStage.set();
    const { status, headers, body } = await stage.post(OFFER);
    expect([status, headers["content-type"], headers["accept-patch"]]).toEqual([201, SDP, FRAGMENT]);
    expect(headers.location).toMatch(/^\/whip\/left\/[\w-]{22}$/);
    expect(headers.etag).toMatch(/^"[\w-]+"$/);
    expect(body.match(/^m=.*$/gm)).toEqual([
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      expect.stringMatching(/^m=video [1-9]\d* UDP\/TLS\/RTP\/SAVPF 102$/),
    ]);
    const lines = body.split("\r\n");
    for (const line of ["a=recvonly", "a=rtcp-mux", "a=setup:active", "a=group:BUNDLE 0 1", "a=end-of-candidates"]) {
      expect(lines).toContain(line);
    }
    for (const kind of ["nack", "nack pli", "goog-remb"]) expect(lines).toContain(`a=rtcp-fb:102 ${kind}`);
    expect(body).not.toContain("transport-cc");
    expect(body).toMatch(/^a=candidate:.* typ host/m);
  });

  it.each(["h264", "vp8"] as const)("receives %s byte for byte", async (codec) => {
    await using stage = await IngestStage.set();
    const { camera } = await stage.whip("left", codec);
    using _camera = camera;
    const units = codec === "h264" ? webUnits({ count: 6, gop: 3, bytes: 3_000 }) : vp8Units(6);
    camera.send(...units);
    const [session] = stage.slots.sessions;
    await stage.slots.until(() => session?.units.length === units.length);
    expect(session?.units.map(({ data, codec: of, keyframe }) => [of, keyframe, data])).toEqual(
      units.map(({ data, keyframe }) => [codec, keyframe, data]),
    );
    expect(session?.connected).toEqual([
      { sameClock: true, description: expect.stringMatching(/^WebRTC of [\d.:a-f]+$/) },
    ]);
    expect(session?.cameraId).toBe("left");
  });

  it("ends a session whose pictures no machine has the memory for, and takes none of them", async () => {
    await using stage = await IngestStage.set();
    const { camera } = await stage.whip("left", "vp8");
    using _camera = camera;
    const [unit] = vp8Units(1);
    if (!unit) throw new Error("there is no picture");
    // 16383x16383, in so few bytes.
    const data = Buffer.from(unit.data);
    data.fill(Buffer.of(0xff, 0x3f), 6, 10);
    camera.send({ ...unit, data });
    const [session] = stage.slots.sessions;
    await stage.slots.until(() => session?.ended !== undefined);
    const message = "its pictures are 16383x16383, which is too large; 35651584 pixels are allowed";
    expect([session?.ended?.code, session?.ended?.message, session?.units]).toEqual(["invalid-data", message, []]);
  });

  it("takes 50 offers a second of all cameras together, so that none disturbs those that are here", async () => {
    const clock = new FakeClock();
    await using stage = await IngestStage.set({ clock });
    const statuses = async (count: number): Promise<number[]> => {
      const answers = await Promise.all(Array.from({ length: count }, () => stage.post("v=0")));
      expect(answers.filter(({ status }) => status === 503).map(({ headers }) => headers["retry-after"])).not.toContain(
        undefined,
      );
      return [406, 503].map((wanted) => answers.filter(({ status }) => status === wanted).length);
    };
    expect(await statuses(130)).toEqual([128, 2]);
    clock.advance(1_000);
    expect(await statuses(51)).toEqual([50, 1]);
  });

  it("ends a session when it is deleted, once", async () => {
    await using stage = await IngestStage.set();
    const { camera, path } = await stage.whip();
    using _camera = camera;
    const [session] = stage.slots.sessions;
    expect((await stage.ask(path, { method: "DELETE" })).status).toBe(200);
    expect(session?.ended).toMatchObject({ code: "stream-ended", message: "it said goodbye" });
    expect(await stage.ask(path, { method: "DELETE" })).toMatchObject({
      ...{ status: 404, body: "there is no such session; it may have ended\n" },
    });
    await camera.until(() => camera.isSentOff);
    expect(await stage.metric("sessions")).toBe(1);
  });

  it("ends a session whose camera says goodbye by RTCP", async () => {
    await using stage = await IngestStage.set();
    const { camera } = await stage.whip();
    using _camera = camera;
    camera.send(...webUnits({ count: 1 }));
    const [session] = stage.slots.sessions;
    await stage.slots.until(() => session?.units.length === 1);
    camera.leave();
    await stage.slots.until(() => session?.ended !== undefined);
    expect(session?.ended?.code).toBe("stream-ended");
  });

  it("leaves it to the camera's place when one session follows another", async () => {
    await using stage = await IngestStage.set();
    const [one, other] = [await stage.whip(), await stage.whip()];
    using _one = one.camera;
    using _other = other.camera;
    const [first, second] = stage.slots.sessions;
    first?.session.close("another took its place");
    expect([first?.ended, second?.ended]).toEqual([undefined, undefined]);
    expect((await stage.ask(one.path, { method: "DELETE" })).status).toBe(404);
    other.camera.send(...webUnits({ count: 1 }));
    await stage.slots.until(() => second?.units.length === 1);
    expect(stage.logger.lines).toContain("info session of a camera ended: another took its place");
  });

  it("asks for what is lost, and for a keyframe", async () => {
    await using stage = await IngestStage.set();
    const { camera } = await stage.whip();
    using _camera = camera;
    const [first = [], lost = [], ...rest] = webUnits({ count: 4 }).map((unit) => camera.packets(unit));
    camera.sendPackets([...first, ...rest.flat()]);
    await camera.until(() => camera.feedback.some(({ kind }) => kind === "nack"));
    camera.sendPackets(lost);
    const [session] = stage.slots.sessions;
    await stage.slots.until(() => session?.units.length === 4);
    expect(session?.lost).toBe(0);
    session?.session.requestKeyframe();
    await camera.until(() => camera.feedback.some(({ kind }) => kind === "keyframe-request"));
    expect(await stage.metric("nacks")).toBeGreaterThan(0);
    expect(await stage.metric("recovered_packets")).toBe(1);
    expect(await stage.metric("keyframe_requests")).toBe(1);
  });

  it("takes more addresses of a camera, so many and no more, but no new beginning of ICE", async () => {
    await using stage = await IngestStage.set();
    const { headers } = await stage.post(OFFER);
    const path = headers.location as string;
    const patch = (body: string, more: Record<string, string> = {}) =>
      stage.ask(path, { method: "PATCH", type: FRAGMENT, body, headers: more });
    const candidates = Array.from({ length: 20 }, (_, index) => {
      return `a=candidate:${index} 1 udp ${index + 1} 127.0.0.1 ${index + 9} typ host\r\n`;
    });
    const fragment = `a=ice-ufrag:${OFFER_UFRAG}\r\nm=video 9 RTP/AVP 0\r\na=mid:1\r\n${candidates.join("")}`;
    expect((await patch(fragment)).status).toBe(204);
    expect((await patch(fragment, { "If-Match": headers.etag as string })).status).toBe(204);
    expect(await stage.metric("ignored_candidates")).toBe(8);
    expect((await patch(fragment, { "If-Match": '"other"' })).status).toBe(412);
    expect((await patch("a=ice-ufrag:else\r\n")).status).toBe(422);
    expect((await stage.ask(path.replace("left", "right"), { method: "DELETE" })).status).toBe(404);
  });

  it("lets nobody push without the token", async () => {
    await using stage = await IngestStage.set({ token: "open-sesame" });
    const missing = await stage.post(OFFER);
    expect([missing.status, missing.headers["www-authenticate"]]).toEqual([401, 'Bearer realm="glasslink"']);
    expect(missing.body).toMatch(/^the token is missing/);
    for (const authorization of ["Bearer open-sesam", "Bearer open-sesame2", "Basic open-sesame", "open-sesame"]) {
      const { status, body } = await stage.post(OFFER, "left", { Authorization: authorization });
      expect([status, body]).toEqual([401, expect.stringMatching(/^the token is wrong/)]);
      expect(body).not.toContain("sesam");
    }
    const right = { Authorization: "bearer open-sesame" };
    const { status, headers } = await stage.post(OFFER, "left", right);
    expect(status).toBe(201);
    const path = headers.location as string;
    expect((await stage.ask(path, { method: "DELETE" })).status).toBe(401);
    expect((await stage.ask(path, { method: "DELETE", headers: right })).status).toBe(200);
    expect((await stage.ask("/whip/left", { method: "OPTIONS" })).status).toBe(204);
    expect([await stage.metric("refused_tokens"), stage.slots.sessions.length]).toEqual([6, 1]);
  });

  it.each<[what: string, status: number, says: string, body: string, path: string]>([
    ["no SDP", 400, "the body is no SDP", "v=1", "/whip/left"],
    ["damaged SDP", 400, "no valid a=ice-pwd", OFFER.replaceAll(/a=ice-pwd:.*/g, "a=ice-pwd:x"), "/whip/left"],
    ["another codec", 406, "neither H.264 nor VP8", OFFER.replaceAll(/H264|VP8/g, "AV1"), "/whip/left"],
    ["a viewer", 406, "the offer sends no video", makeOffer(), "/whip/left"],
    ["an id with a path", 400, 'the camera\'s id "../etc" must be 1 to 64 letters', OFFER, "/whip/..%2Fetc"],
    ["an id that is too long", 400, "must be 1 to 64 letters", OFFER, `/whip/${"x".repeat(65)}`],
    ["no id", 404, "the address must name the camera", OFFER, "/whip"],
    ["the id of another kind of camera", 409, 'camera "gate" is not one that pushes', OFFER, "/whip/gate"],
    ["too much", 413, "larger than 65536 bytes", "x".repeat(70_000), "/whip/left"],
  ])("refuses %s with %i", async (_what, status, says, body, path) => {
    await using stage = await IngestStage.set();
    stage.slots.taken.add("gate");
    const answer = await stage.ask(path, { type: SDP, body });
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(says)]);
    expect(stage.slots.sessions).toEqual([]);
    expect((await stage.post(OFFER)).status).toBe(201);
  });

  it("refuses other types and methods", async () => {
    await using stage = await IngestStage.set();
    expect((await stage.ask("/whip/left", { type: "application/json", body: "{}" })).status).toBe(415);
    const { status, headers } = await stage.ask("/whip/left", { method: "GET" });
    expect([status, headers.allow]).toEqual([405, expect.stringContaining("POST")]);
    expect((await stage.ask("/whip/left", { method: "DELETE" })).status).toBe(405);
  });

  it("is not there where cameras may not push", async () => {
    await using stage = await IngestStage.set();
    const { WebStage } = await import("../web/support/web-stage.js");
    await using other = await WebStage.set();
    expect((await other.fetch("/whip/left", { method: "POST" })).status).toBe(405);
    expect((await stage.ask("/", { method: "GET" })).body).toBe('{"status":"ok","cameras":[]}\n');
  });

  it("forgets who never connects after 10 s, and who is silent after 30", async () => {
    const clock = new FakeClock();
    await using stage = await IngestStage.set({ clock });
    expect((await stage.post(OFFER)).status).toBe(201);
    const { camera } = await stage.whip("right");
    using _camera = camera;
    const [never, silent] = stage.slots.sessions;
    clock.advance(10_000);
    expect(never?.ended).toBeUndefined();
    clock.advance(1_000);
    expect(never?.ended).toMatchObject({ code: "connect-failed", message: "no connection came about within 10 s" });
    camera.send(...webUnits({ count: 1 }));
    await stage.slots.until(() => silent?.units.length === 1);
    clock.advance(30_000);
    expect(silent?.ended).toBeUndefined();
    clock.advance(1_000);
    expect(silent?.ended).toMatchObject({ code: "connection-lost", message: "nothing came for 30 s" });
  });

  it("takes 128 sessions and no more", async () => {
    await using stage = await IngestStage.set();
    for (let count = 0; count < 128; count++) expect((await stage.post(OFFER, `c${count % 64}`)).status).toBe(201);
    const { status, headers } = await stage.post(OFFER);
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    stage.slots.sessions[0]?.session.close("room");
    expect((await stage.post(OFFER)).status).toBe(201);
  });

  it("ends all sessions when the server is closed", async () => {
    const stage = await IngestStage.set();
    using camera = await PushingCamera.create();
    await camera.connect((await stage.post(await camera.offer())).body);
    await stage.connected();
    await stage.server.close();
    await camera.until(() => camera.isSentOff);
    expect(stage.logger.lines.at(-1)).toBe("info session of a camera ended: the gateway is closed");
  });
});

/** Keyframe and others; the payload is nothing that a decoder takes. */
function vp8Units(count: number) {
  return webUnits({ count, gop: 3, bytes: 3_000 }).map((unit) => {
    const data = Buffer.from(unit.data);
    data.writeUIntLE(unit.keyframe ? 0x10 : 0x11, 0, 3);
    if (unit.keyframe) data.set([0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01], 3);
    return { ...unit, codec: "vp8" as const, data };
  });
}

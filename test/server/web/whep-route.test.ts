import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../support/fake-clock.js";
import { makeOffer, OFFER_UFRAG } from "../webrtc/make-offer.js";
import { jpegUnit } from "./support/web-units.js";
import { WhepStage } from "./support/whep-stage.js";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";

describe("WHEP", () => {
  it("answers an offer with a session that nobody can guess", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    const answers = await Promise.all([stage.offer(makeOffer()), stage.offer(makeOffer(), "/whep")]);
    for (const { status, headers, body } of answers) {
      expect([status, headers["content-type"], headers["accept-patch"]]).toEqual([201, SDP, FRAGMENT]);
      expect(headers.location).toMatch(/^\/whep\/left\/[\w-]{22}$/);
      expect(headers.etag).toMatch(/^"[\w-]+"$/);
      expect(body.match(/^m=.*$/gm)).toEqual([
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        expect.stringMatching(/^m=video [1-9]\d* UDP\/TLS\/RTP\/SAVPF 108$/),
      ]);
      for (const line of ["a=sendonly", "a=rtcp-mux", "a=setup:active", "a=group:BUNDLE 0 1", "a=end-of-candidates"]) {
        expect(body.split("\r\n")).toContain(line);
      }
      expect(body).toMatch(/^a=candidate:.* typ host/m);
    }
    expect(answers[0]?.headers.location).not.toBe(answers[1]?.headers.location);
  });

  it("ends a session when it is deleted, once", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    const { headers } = await stage.offer(makeOffer());
    const path = headers.location as string;
    expect((await stage.ask(path, { method: "DELETE" })).status).toBe(200);
    expect(await stage.ask(path, { method: "DELETE" })).toMatchObject({
      status: 404,
      body: "there is no such session; it may have ended\n",
    });
    expect(stage.logger.lines).toEqual(["info WebRTC viewer comes", "info WebRTC viewer gone: it said goodbye"]);
  });

  it("keeps no session of who left before the answer", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    const offer = makeOffer();
    const headers = { "Content-Type": SDP, "Content-Length": Buffer.byteLength(offer) };
    const asked = request(`${stage.origin}/whep`, { method: "POST", headers, agent: false }).on("error", () => {});
    asked.end(offer, () => asked.destroy());
    await expect
      .poll(() => stage.logger.lines.at(-1), { timeout: 10_000 })
      .toBe("info WebRTC viewer gone: it left before it was answered");
  });

  it("takes more addresses of a viewer, but no new beginning of ICE", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    stage.liveCamera("right");
    const { headers } = await stage.offer(makeOffer());
    const path = headers.location as string;
    const patch = (body: string, more: Record<string, string> = {}) =>
      stage.ask(path, { method: "PATCH", type: FRAGMENT, body, headers: more });
    const fragment = `a=ice-ufrag:${OFFER_UFRAG}\r\nm=video 9 RTP/AVP 0\r\na=mid:1\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n`;
    expect((await patch(fragment)).status).toBe(204);
    expect((await patch(fragment, { "If-Match": headers.etag as string })).status).toBe(204);
    expect((await patch("a=end-of-candidates\r\n")).status).toBe(204);
    expect((await patch(fragment, { "If-Match": '"other"' })).status).toBe(412);
    expect(await patch("a=ice-ufrag:else\r\na=ice-pwd:1234567890123456789012\r\n")).toMatchObject({
      ...{ status: 422, body: "ICE cannot be restarted here; DELETE this session and POST a new offer\n" },
    });
    expect((await stage.ask(path, { method: "PATCH", type: SDP, body: fragment })).status).toBe(415);
    expect((await stage.ask(path.replace("left", "right"), { method: "DELETE" })).status).toBe(404);
  });

  it("refuses what it cannot serve, with the reason", async () => {
    await using stage = await WhepStage.set();
    expect(await stage.offer(makeOffer())).toMatchObject({ status: 503, body: "there is no camera now\n" });
    const camera = stage.camera();
    expect(await stage.offer(makeOffer())).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect((await stage.offer(makeOffer(), "/whep/other")).body).toBe('no camera "other"; there is: left\n');
    camera.status.lost("rtsp://user:secret@camera/ is silent");
    const lost = await stage.offer(makeOffer());
    expect([lost.status, lost.body]).toEqual([503, expect.stringContaining("camera/ is silent")]);
    expect(lost.body).not.toContain("secret");
    camera.unit(jpegUnit());
    camera.status.live();
    expect(await stage.offer(makeOffer())).toMatchObject({
      ...{ status: 406, body: 'camera "left" gives mjpeg; WebRTC carries only h264 and vp8 here\n' },
    });
    stage.liveCamera("right");
    const refused = async (sdp: string) => {
      const { status, body } = await stage.offer(sdp, "/whep/right");
      return [status, body];
    };
    expect(await refused("v=1")).toEqual([400, "the body is no SDP: it has no line v=0\n"]);
    expect(await refused(makeOffer({ formats: [[96, "VP8", ""]] }))).toEqual([
      ...[406, "the offer has no H.264 with packetization-mode=1, and nothing else is sent\n"],
    ]);
  });

  it("reads no body that is of another type or too long", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    const typed = await stage.ask("/whep/left", { type: "application/json", body: "{}" });
    expect([typed.status, typed.headers["accept-post"]]).toEqual([415, SDP]);
    expect((await stage.ask("/whep/left", {})).body).toBe("the Content-Type must be application/sdp, not none\n");
    const long = await stage.offer(`v=0\r\n${"a=x\r\n".repeat(400_000)}`);
    expect([long.status, long.headers.connection]).toEqual([413, "close"]);
    expect((await stage.ask("/whep/left", { type: "Application/SDP; charset=utf-8", body: makeOffer() })).status).toBe(
      201,
    );
  });

  it("says what may be asked where", async () => {
    await using stage = await WhepStage.set();
    stage.liveCamera();
    const options = await stage.ask("/whep/left", { method: "OPTIONS" });
    expect(options).toMatchObject({ status: 204, headers: { "accept-post": SDP, allow: "POST, OPTIONS" } });
    const session = await stage.ask("/whep/left/x", { method: "OPTIONS" });
    expect(session).toMatchObject({ status: 204, headers: { "accept-patch": FRAGMENT } });
    expect(session.headers.allow).toBe("PATCH, DELETE, OPTIONS");
    const headers = { Origin: "https://cockpit.example" };
    const preflight = await stage.ask("/whep/left", { method: "OPTIONS", headers });
    expect(preflight.headers["access-control-allow-methods"]).toBe("POST, OPTIONS");
    expect(options.headers["access-control-allow-methods"]).toBeUndefined();
    for (const [path, method] of [
      ["/whep", "GET"],
      ["/whep/left", "DELETE"],
      ["/whep/left/x", "POST"],
    ] as const) {
      expect((await stage.ask(path, { method })).status).toBe(405);
    }
    expect((await stage.ask("/whep/left", { headers: { Origin: "https://evil.example" } })).status).toBe(403);
  });

  it("serves a hundred viewers at most, and forgets those that never come", async () => {
    const clock = new FakeClock();
    await using stage = await WhepStage.set(clock);
    stage.liveCamera();
    for (let count = 0; count < 100; count++) expect((await stage.offer(makeOffer())).status).toBe(201);
    expect(await stage.offer(makeOffer())).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    clock.advance(11_000);
    expect(stage.logger.lines.at(-1)).toBe("info WebRTC viewer gone: no connection came about within 10 s");
    expect((await stage.offer(makeOffer())).status).toBe(201);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamError } from "../../lib/errors.js";
import { redact, redactUrl } from "../../lib/redact.js";

describe("redact", () => {
  it.each([
    ["rtsp://admin:secret@10.0.0.1/cam", "rtsp://admin:***@10.0.0.1/cam"],
    ["rtsp://admin:p@ss:w@rd@10.0.0.1/cam", "rtsp://admin:***@10.0.0.1/cam"],
    ["rtsp://admin@10.0.0.1/cam", "rtsp://admin@10.0.0.1/cam"],
    ["srt://host:9000?passphrase=hunter2&mode=caller", "srt://host:9000?passphrase=***&mode=caller"],
    ["http://host/a?b=1&token=abc", "http://host/a?b=1&token=***"],
    ["rtsp://h/user=me_password=abc_channel=1_stream=0.sdp", "rtsp://h/user=me_password=***_channel=1_stream=0.sdp"],
    ["two: rtsp://a:b@c and http://d:e@f", "two: rtsp://a:***@c and http://d:***@f"],
    ["tcp://192.168.1.100:8000", "tcp://192.168.1.100:8000"],
    ["udp://admin:pa/ss@1.2.3.4:5 is wrong", "udp://admin:***@1.2.3.4:5 is wrong"],
    ["rtsp://u:p#w?d@h/x", "rtsp://u:***@h/x"],
    ["http://h/a?access_token=abc&x=1", "http://h/a?access_token=***&x=1"],
    [`udp://h?token=a"b'c&x=1`, "udp://h?token=***&x=1"],
    [`{"url":"udp://h?token=abc","at":'udp://h?token=abc'}`, `{"url":"udp://h?token=***","at":'udp://h?token=***'}`],
    ["tcp://h:8000: refused; ask admin@example.org", "tcp://h:8000: refused; ask admin@example.org"],
    ["udp://h?token=a:b: no answer", "udp://h?token=***: no answer"],
    ["nothing secret at all: a@b", "nothing secret at all: a@b"],
    ["-rtsp://u:pw@h, 1.rtsp://u:pw@h, _rtsp://u:pw@h", "-rtsp://u:***@h, 1.rtsp://u:***@h, _rtsp://u:***@h"],
  ])("%s becomes %s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it("never lets a password through, whatever characters it has", () => {
    const password = fc.string({ minLength: 6 }).filter((text) => /^[^\s/?#]{6,}$/.test(text) && !text.includes("*"));
    fc.assert(
      fc.property(password, (secret) => {
        expect(redact(`open rtsp://user:${secret}@host/x`)).toBe("open rtsp://user:***@host/x");
      }),
    );
  });

  it.each([
    [`udp://h?token=a",b' c#d?e&x=1`, "udp://h?token=***&x=1"],
    ["udp://h?x=1&to%6Ben=abc", "udp://h?x=1&to%6Ben=***"],
    ["rtsp://u:pw@h/x?tokens", "rtsp://u:***@h/x?tokens=***"],
    ["udp://h?port=1&format=ts", "udp://h?port=1&format=ts"],
    ["tcp://h:8000", "tcp://h:8000"],
  ])("a URL, %s, becomes %s", (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });

  it.each(["a.", "a://", "a://b:", "&pass", "?tokentoken-", "/pwd", "a@", "b:@"])(
    "takes a long text of %j in its stride",
    (part) => {
      expect(redact(part.repeat(20_000)).length).toBeGreaterThan(0);
    },
    2_000,
  );

  it("cleans an error's message and details", () => {
    const error = new StreamError("connect-failed", "rtsp://u:pw@h failed", { details: { url: "rtsp://u:pw@h" } });
    expect(error.message).toBe("rtsp://u:***@h failed");
    expect(error.details.url).toBe("rtsp://u:***@h");
  });
});

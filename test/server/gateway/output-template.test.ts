import { describe, expect, it } from "vitest";
import { parseOutputTemplate } from "../../../server/gateway/output-template.js";

describe("templates of outputs", () => {
  it.each([
    ["udp://239.1.1.1:5000+n", "udp://239.1.1.1:5007"],
    ["udp://239.1.1.1:5000+n?format=ts&ttl=4", "udp://239.1.1.1:5007"],
    ["udp://[ff02::1]:5000+n", "udp://[ff02::1]:5007"],
    ["tcp://:9000+n", "tcp://:9007"],
    ["rtsp-push://relay:8554/{id}", "rtsp-push://relay:8554/left"],
    ["rtsp-push://relay:8554+n/cams/{id}?transport=udp", "rtsp-push://relay:8561/cams/left"],
    ["rtsp-push://user:80+n@relay:8554/{id}", "rtsp-push://relay:8554/left"],
    ["udp://host:5000?format=rtp&sdp={id}.sdp", "udp://host:5000"],
  ])("%s is %s for camera left, number 7", (template, url) => {
    expect(parseOutputTemplate(template).open("left", 7).url).toBe(url);
  });

  it.each([
    ["udp://239.1.1.1:5000", "each camera needs an output of its own: +n behind the port, or {id}"],
    ["udp://239.1.1.1:5000?ttl=1+n", "each camera needs an output of its own"],
    ["srt://{id}:1", 'no output for "srt://"'],
    ["tcp://:9000+n?join=later", "join=later is not allowed"],
    ["tcp://:99999+n", "port 99999 is over 65535"],
  ])("%s is refused", (template, says) => {
    expect(() => parseOutputTemplate(template)).toThrow(says);
  });

  it("refuses a port that is too high for one camera alone", () => {
    const template = parseOutputTemplate("tcp://:65530+n");
    expect(template.open("left", 5).url).toBe("tcp://:65535");
    expect(() => template.open("right", 6)).toThrow(
      "tcp://:65530+n: camera right is number 6: port 65536 is over 65535",
    );
  });
});

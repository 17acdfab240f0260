import { describe, expect, it } from "vitest";
import { jpegArguments, quantiserOf } from "../../../server/jpeg/jpeg-arguments.js";

describe("quantiserOf", () => {
  it.each([
    [1, 69],
    [5, 69],
    [10, 50],
    [25, 20],
    [49, 10],
    [50, 10],
    [75, 5],
    [80, 4],
    [90, 2],
    [95, 1],
    [100, 1],
  ])("makes of quality %i quantiser %i", (quality, quantiser) => {
    expect(quantiserOf(quality)).toBe(quantiser);
  });
});

describe("jpegArguments", () => {
  it("passes over pictures before a time, or counts them where they have none", () => {
    const filtersOf = (options: { fromUs?: number; untimed?: boolean }): string | undefined => {
      const args = jpegArguments({ codec: "h264", quality: 80, ...options });
      return args[args.indexOf("-vf") + 1];
    };
    expect(filtersOf({ fromUs: 1_234_567 })).toBe("select='isnan(t)+gte(t,1.2345665)'");
    expect(filtersOf({ untimed: true })).toBe("setpts=N");
    expect(jpegArguments({ codec: "h264", quality: 80 })).not.toContain("-vf");
  });

  it("names the decoder that IVF cannot", () => {
    expect(jpegArguments({ codec: "h265", quality: 80 }).join(" ")).toContain("-c:v hevc -f ivf");
    expect(jpegArguments({ codec: "h264", quality: 80 })).not.toContain("hevc");
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { installCommand, locateFfmpeg } from "../../../lib/ffmpeg/locate.js";
import { fixturePath } from "../../support/fixture-path.js";

/** Each test its own path, since what was found is remembered. */
let used = 0;
function standIn(version: string): string {
  vi.stubEnv("STAND_IN_VERSION", version);
  return fixturePath(`.${"/".repeat(++used)}ffmpeg-stand-in`);
}

afterEach(() => vi.unstubAllEnvs());

describe("locateFfmpeg", () => {
  it.each(["5.1.9-0+deb12u1", "6.1.1", "n7.0", "N-109542-g0a9f5d9", "2024-05-01-git-abc"])(
    "accepts %s",
    async (version) => {
      const path = standIn(version);
      expect(await locateFfmpeg(path)).toEqual({ path, version });
    },
  );

  it.each(["4.4.2-0ubuntu0.22.04.1", "5.0.1", "n3.4"])(
    "refuses %s and says how to get a newer one",
    async (version) => {
      await expect(locateFfmpeg(standIn(version))).rejects.toMatchObject({
        code: "ffmpeg-too-old",
        message: expect.stringMatching(`^ffmpeg ${version}.* is older than 5.1; install a newer one with: `),
      });
    },
  );

  it("says how to install what is missing, and looks again the next time", async () => {
    const lookUp = () => locateFfmpeg("/nowhere/ffmpeg");
    await expect(lookUp()).rejects.toMatchObject({
      code: "ffmpeg-missing",
      message: expect.stringContaining(installCommand()),
    });
    await expect(lookUp()).rejects.toMatchObject({ code: "ffmpeg-missing" });
  });

  it("takes the option before FFMPEG_PATH, and that before PATH", async () => {
    const option = standIn("6.0");
    vi.stubEnv("FFMPEG_PATH", "/nowhere/ffmpeg");
    expect((await locateFfmpeg(option)).path).toBe(option);
    await expect(locateFfmpeg()).rejects.toMatchObject({ message: expect.stringContaining("/nowhere/ffmpeg") });
    vi.stubEnv("FFMPEG_PATH", undefined);
    expect((await locateFfmpeg()).path).toBe("ffmpeg");
  });

  it("names the command of each system", () => {
    expect(installCommand("linux")).toBe("sudo apt-get install ffmpeg");
    expect(installCommand("darwin")).toBe("brew install ffmpeg");
    expect(installCommand("win32")).toMatch(/^winget install/);
  });
});

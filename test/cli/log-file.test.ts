import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorsPath, LogFile } from "../../cli/log-file.js";
import { createLogger } from "../../cli/logger.js";
import { FakeClock } from "../support/fake-clock.js";
import { makeFileDirectory } from "../support/make-file.js";

const options = { clock: new FakeClock(), onTrouble: () => {} };

describe("LogFile", () => {
  it("writes lines with time and level, and warnings and errors into a file of their own as well", async () => {
    await using directory = await makeFileDirectory();
    const path = join(directory.path, "camera.log");
    const file = new LogFile(path, options);
    await file.open();
    const logger = createLogger("debug", (json) => file.write(json));
    logger.debug({ args: ["-n"] }, "starts rpicam-vid");
    logger.info({ client: "10.0.0.7:4711" }, "client connected");
    logger.warn({ code: "stalled" }, "no picture for 2000 ms; starting it again");
    logger.error({}, "cannot open rtsp://ann:hunter2@cam/");
    await file.close();
    const all = (await readFile(path, "utf8")).split("\n");
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;
    expect(all.pop()).toBe("");
    expect(all.every((line) => time.test(line))).toBe(true);
    expect(all.map((line) => line.replace(time, ""))).toEqual([
      'debug starts rpicam-vid args=["-n"]',
      "info  client connected client=10.0.0.7:4711",
      "warn  no picture for 2000 ms; starting it again code=stalled",
      "error cannot open rtsp://ann:***@cam/",
    ]);
    const errors = await readFile(join(directory.path, "camera_errors.log"), "utf8");
    expect(errors).toBe(`${all.slice(2).join("\n")}\n`);
  });

  it("refuses a folder that does not exist, and one of its two files that can never be written", async () => {
    await using directory = await makeFileDirectory();
    const nowhere = new LogFile(join(directory.path, "none/a.log"), options);
    await expect(nowhere.open()).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(/^--log-file: .*a\.log: the folder .*none does not exist$/),
    });
    await mkdir(join(directory.path, "a_errors.log"));
    const half = new LogFile(join(directory.path, "a.log"), options);
    await expect(half.open()).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(/^--log-file: .*a_errors\.log cannot be written: it is not a file$/),
    });
  });
});

describe("errorsPath", () => {
  it.each([
    ["/var/log/camera.log", "/var/log/camera_errors.log"],
    ["/camera.log", "/camera_errors.log"],
    ["camera", "camera_errors"],
    ["logs.d/front.camera.log", "logs.d/front.camera_errors.log"],
    [".camera", ".camera_errors"],
  ])("%s has %s beside it", (path, expected) => {
    expect(errorsPath(path)).toBe(expected);
  });
});

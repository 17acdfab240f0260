import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { AccessUnit } from "../../../lib/codecs/access-unit.js";
import { JpegEncoder } from "../../../server/jpeg/jpeg-encoder.js";
import { FakeClock } from "../../support/fake-clock.js";
import { FILE_MARK, FLAGS, frame, mainHeader, streamHeader, unsigned } from "../../support/nut-writer.js";
import { makeUnits } from "../support/make-units.js";

const PICTURE = Buffer.from("picture");

/** An ffmpeg that gives one picture, with this timestamp, and then takes everything and gives nothing. */
async function oneShotFfmpeg(folder: string, atMs: number): Promise<string> {
  const fields = [unsigned(atMs), unsigned(PICTURE.length)];
  const packet = frame(FLAGS.key | FLAGS.codedPts | FLAGS.sizeMsb, fields, PICTURE);
  await writeFile(join(folder, "first.nut"), Buffer.concat([FILE_MARK, mainHeader(), streamHeader(), packet]));
  const path = join(folder, "ffmpeg");
  await writeFile(path, `#!/bin/sh\ncat '${folder}/first.nut'\nexec cat > /dev/null\n`);
  await chmod(path, 0o755);
  return path;
}

it("an encoder that is late with its pictures is not silent until it gives none", async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), "glasslink-jpeg-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clock = new FakeClock();
  const [first, second] = makeUnits({ count: 2 }).map((unit, index) => ({ ...unit, receivedAtMs: 100 + index }));
  let dropped = 0;
  let given = (_unit: AccessUnit): void => {};
  const picture = new Promise<AccessUnit>((resolve) => {
    given = resolve;
  });
  const encoder = new JpegEncoder([first as AccessUnit], {
    ...{ ffmpegPath: await oneShotFfmpeg(folder, 100), quality: 80, clock },
    onPicture: (_data, unit) => given(unit),
    onDropped: () => {
      dropped += 1;
    },
  });
  onTestFinished(() => encoder.end());
  encoder.encode(second as AccessUnit);
  clock.advance(9_000);
  expect(encoder).toMatchObject({ begun: false, silentMs: 9_000 });
  expect(await picture).toBe(first);
  expect(encoder).toMatchObject({ begun: true, silentMs: 0 });
  encoder.encode(second as AccessUnit);
  expect(dropped).toBe(1);
  clock.advance(5_001);
  expect(encoder.silentMs).toBe(5_001);
});

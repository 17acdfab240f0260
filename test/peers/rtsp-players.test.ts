import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { RtpCodecName } from "../../lib/rtp/rtp-codec.js";
import { expectEveryNumber, firstNumbers, PICTURE } from "../support/peer-pictures.js";
import { LOOPBACK } from "../support/peer-ports.js";
import { describePeers, type Finished } from "../support/peer-program.js";
import { sendTape, TAPE_LENGTH } from "../support/peer-sender.js";
import { RTSP_PLAYERS, type RtspPlayerName } from "../support/rtsp-players.js";

const run = promisify(execFile);

const PICTURES = 30;
const WAYS = [
  ["h264", "udp"],
  ["h264", "tcp"],
  ["h264", "multicast"],
  ["h265", "udp"],
  ["h265", "tcp"],
  ["mjpeg", "udp"],
  ["mjpeg", "tcp"],
  ["vp8", "udp"],
  ["vp8", "tcp"],
] as const;
const USER = "me:secret@";
/** Players that a busy machine keeps waiting are sent every picture all the same. */
const PARAMETERS = `interface=${LOOPBACK}&maxBacklogMs=30000`;

/** Serves numbered pictures until the test is over; resolves with the URL to play. */
async function serve(codec: RtpCodecName, finished: Finished, user = ""): Promise<string> {
  const { url } = await sendTape(`rtsp://${user}127.0.0.1:0/stream?${PARAMETERS}`, codec, finished);
  return url.replace("//", `//${user}`);
}

for (const name of Object.keys(RTSP_PLAYERS) as RtspPlayerName[]) {
  const { needs, start } = RTSP_PLAYERS[name];
  describePeers(`${name} plays what an RTSP output serves`, ["ffmpeg", ...needs], () => {
    it.concurrent.for(WAYS)("%s over %s", async ([codec, transport], { onTestFinished: finished }) => {
      const player = start({ url: await serve(codec, finished), codec, transport }, finished);
      expectEveryNumber(await firstNumbers(player, PICTURES), TAPE_LENGTH);
    });

    it.concurrent("with a password", async ({ onTestFinished: finished }) => {
      const url = await serve("h264", finished, USER);
      const player = start({ url, codec: "h264", transport: "udp" }, finished);
      expectEveryNumber(await firstNumbers(player, PICTURES), TAPE_LENGTH);
    });
  });
}

describePeers("ffprobe plays what an RTSP output serves", ["ffmpeg", "ffprobe"], () => {
  it.concurrent.for(WAYS)("%s over %s", async ([codec, transport], { onTestFinished: finished }) => {
    const way = ["-rtsp_transport", transport === "multicast" ? "udp_multicast" : transport];
    const wanted = ["-count_frames", "-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "json"];
    const args = ["-v", "error", ...way, "-read_intervals", `%+#${PICTURES}`, ...wanted, await serve(codec, finished)];
    const { stdout, stderr } = await run("ffprobe", args);
    const { streams } = JSON.parse(stdout) as { streams: Record<string, unknown>[] };
    const { width, height } = PICTURE;
    const counted = expect.stringMatching(/^\d+$/);
    expect(streams).toEqual([
      { codec_name: codec === "h265" ? "hevc" : codec, width, height, nb_read_frames: counted },
    ]);
    expect(Number(streams[0]?.nb_read_frames)).toBeGreaterThanOrEqual(PICTURES - 1);
    expect(stderr).toBe("");
  });
});

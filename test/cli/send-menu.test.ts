import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { checkSendOptions } from "../../cli/check-send-options.js";
import { askWhatToSend } from "../../cli/send-menu-questions.js";
import { WAYS } from "../../cli/send-menu-ways.js";
import { splitWords } from "../../cli/service/shell-words.js";
import { systemClock } from "../../lib/clock.js";
import { silentLogger } from "../../lib/logger.js";
import { openSource } from "../../lib/sources/index.js";
import { acceptCommand } from "../support/accept-command.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const FOUND = [
  { camera: "rpicam:0", name: "imx708_wide" },
  { camera: "v4l2:/dev/video0", name: "HD Webcam" },
  { camera: "webcam:FaceTime HD Camera", name: "FaceTime HD Camera" },
];

/** What came of such answers, a line each: words for `send`, the command that was shown, and how to receive. */
async function answer(...answers: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.write(answers.map((text) => `${text}\n`).join(""));
  const words = await askWhatToSend(FOUND, { input, output, signal: new AbortController().signal });
  const shown = String(output.read());
  const [, command = "", hint = ""] = /This stands for:\n {2}(.+)\n(?: {2}(.+)\n)?\n$/.exec(shown) ?? [];
  return { words, shown, command, hint };
}

describe("the questions of glasslink send", () => {
  it("takes the first camera, and TCP, where Enter is the answer", async () => {
    const { words, shown, hint } = await answer("", "");
    expect(words).toEqual(["--camera", "rpicam:0", "--output", "tcp://:8000"]);
    expect(shown).toContain("\n  2  v4l2:/dev/video0           HD Webcam\n");
    expect(shown).toContain("\n  4  pattern                    a test picture");
    expect(hint).toMatch(/^receive with: glasslink view tcp:\/\/[\d.]+:8000$/);
  });

  it.each(WAYS.map(({ url }, index) => ({ url, number: index + 1 })))("offers $url", async ({ url, number }) => {
    for (const camera of ["1", "2", "3", "4"]) {
      const { words, command, hint } = await answer(camera, `${number}`, "");
      // What is shown is what runs, and the options' own parser takes it.
      const [glasslink, send, ...shownWords] = splitWords(command);
      expect([glasslink, send, shownWords]).toEqual(["glasslink", "send", words]);
      const options = checkSendOptions(words);
      expect(options.output[0]?.startsWith(url)).toBe(true);
      const isJpeg = /^(chunked-udp|mjpeg-tcp):/.test(url);
      expect(options.codec).toBe(isJpeg ? "mjpeg" : undefined);
      if (url.startsWith("web:")) expect(hint).toMatch(/^open http:\/\/[\d.]+:8080\/ in a browser$/);
      else await expectToReceive(hint);
    }
  });

  it("has a token for chunked UDP, which the receiver's command tells", async () => {
    const invented = await answer("4", "1", "");
    const [, token = ""] = /token=([a-z2-9]{12})'$/.exec(invented.command) ?? [];
    expect(invented.hint).toMatch(
      new RegExp(`^receive with: glasslink view 'chunked-udp://[\\d.]+:9999\\?token=${token}'$`),
    );
    expect((await answer("4", "1", "")).command).not.toContain(token);

    const typed = await answer("4", "1", "two words", "jpeg", "a&b'c");
    expect(typed.shown.match(/without spaces, but neither jpeg nor pickle/g)).toHaveLength(2);
    expect(typed.words.at(-1)).toBe("chunked-udp://:9999?token=a%26b'c");
    expect(splitWords(typed.hint).at(-1)).toMatch(/\?token=a%26b'c$/);
  });

  it("takes a camera and a URL as they are", async () => {
    const { words, hint } = await answer("pattern?codec=h264&fps=10", "chunked-udp://127.0.0.1:0?token=abc");
    expect(words).toEqual(["--camera", "pattern?codec=h264&fps=10", "--output", "chunked-udp://127.0.0.1:0?token=abc"]);
    // Its port is known only when it listens.
    expect(hint).toBe("");
  });

  it("says what is allowed where an answer is not, and asks again", async () => {
    const { words, shown } = await answer("5", "0", "camera2", "4", "7", "ftp://a", "web://:8080?x=1", "3");
    expect(words).toEqual(["--camera", "pattern", "--output", "web://:8080"]);
    expect(shown).toContain("5 is none of them; allowed: 1 to 4\n");
    expect(shown).toContain("0 is none of them; allowed: 1 to 4\n");
    expect(shown).toContain('camera "camera2" is unknown; allowed: rpicam, v4l2, webcam, pattern, file\n');
    expect(shown).toContain("7 is none of them; allowed: 1 to 6\n");
    expect(shown).toMatch(/no output for "ftp:\/\/"; allowed: .*tcp/);
    expect(shown).toContain("web://:8080?x=1: ");
  });
});

/** That it is a command line of glasslink, down to its URL. */
async function expectToReceive(hint: string): Promise<void> {
  const words = splitWords(hint.replace("receive with: glasslink ", ""));
  expect(await acceptCommand(words)).toBe("view");
  const context = { clock: systemClock, logger: silentLogger, connectTimeoutMs: 1, ffmpeg: async () => "ffmpeg" };
  openSource(words.at(-1) ?? "", context);
}

// It starts a terminal as util-linux has it.
describe.runIf(process.platform === "linux")("glasslink send on a terminal", () => {
  it("asks, says what it stands for, sends, and ends by Ctrl-C", async () => {
    const env = { ...process.env, CONFIG_PATH: "", SERVER_URL: "" };
    const command = `"${process.execPath}" "${MAIN}" send`;
    const terminal = spawn("script", ["-qefc", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
    let shown = "";
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    const says = (pattern: RegExp) =>
      vi.waitFor(() => pattern.exec(shown) ?? Promise.reject(new Error(shown)), { timeout: 20_000, interval: 20 });
    const closed = once(terminal, "close");
    try {
      await says(/Which camera\?/);
      terminal.stdin.write("pattern\n");
      await says(/Which way\?/);
      terminal.stdin.write("tcp://127.0.0.1:0\n");
      await says(/ {2}glasslink send --camera pattern --output tcp:\/\/127\.0\.0\.1:0\r\n/);
      const [, port] = await says(/receive with: glasslink probe tcp:\/\/127\.0\.0\.1:(\d+)/);
      const client = connect(Number(port), "127.0.0.1");
      await once(client, "data");
      client.destroy();
      terminal.stdin.write("\u0003");
      expect(await closed).toEqual([130, null]);
    } finally {
      terminal.kill();
    }
  });
});

import { randomBytes } from "node:crypto";
import { CHUNKED_UDP_PORT, TOKEN_PATTERN, TOKEN_RULE } from "../lib/chunked-udp/client-message.js";
import { StreamError } from "../lib/errors.js";
import { type CameraKind, cameraOptionNames } from "../server/cameras/options.js";
import { parseCamera, readCameraSpecification } from "../server/cameras/parse-camera.js";
import { openOutput } from "../server/outputs/index.js";
import { Dialogue, type DialogueOptions } from "./dialogue.js";
import type { FoundCamera } from "./find-cameras.js";
import { receiveHint, receiveUrl } from "./receive-command.js";
import { DEFAULT_WAY, sendsJpegs, WAYS } from "./send-menu-ways.js";
import { joinWords } from "./service/shell-words.js";

/** Signs of tokens that are made here: 32, none of which is easily taken for another. */
const TOKEN_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789";
const TOKEN_LENGTH = 12;
const PATTERN: FoundCamera = { camera: "pattern", name: "a test picture that moves" };

/** A line that can be chosen by its number. */
interface Choice {
  value: string;
  /** What is shown, in columns. */
  columns: readonly string[];
}

/**
 * Asks which camera is to be sent, and which way; says what `glasslink send` would be given for that, and how it is
 * received. The token of chunked UDP is shown: whoever asked needs it.
 * @param found cameras of this machine; the test pattern is offered as well
 * @returns words for `glasslink send`, which takes them
 * @throws StreamError `closed` where the input ends; the signal's reason
 */
export async function askWhatToSend(found: readonly FoundCamera[], options: DialogueOptions): Promise<string[]> {
  using dialogue = new Dialogue(options);
  dialogue.say("Enter takes what stands in brackets, Ctrl-C ends.");
  const camera = await askCamera(found, dialogue);
  const url = await askOutput(dialogue);
  const words = ["--camera", camera, ...(sendsJpegs(url) ? jpegWords(camera) : []), "--output", url];
  dialogue.say("", "This stands for:", `  ${joinWords(["glasslink", "send", ...words])}`);
  // What else is sent to says so when it is ready.
  const isOffered = WAYS.some((way) => url.startsWith(way.url));
  if (isOffered) dialogue.say(`  ${receiveHint(url, url, { isSecure: false, command: viewCommand })}`);
  dialogue.say("");
  return words;
}

function askCamera(found: readonly FoundCamera[], dialogue: Dialogue): Promise<string> {
  const cameras = [...found, PATTERN].map(({ camera, name }) => ({ value: camera, columns: [camera, name] }));
  offer("Cameras:", cameras, dialogue);
  return dialogue.ask("Which camera? Its number, or one as --camera takes it", "1", (answer) => {
    const camera = choose(answer, cameras);
    parseCamera(camera);
    return camera;
  });
}

async function askOutput(dialogue: Dialogue): Promise<string> {
  const ways = WAYS.map(({ name, what, url }) => ({ value: url, columns: [name, what, url] }));
  offer("Ways to stream:", ways, dialogue);
  const usual = WAYS.findIndex(({ url }) => url === DEFAULT_WAY) + 1;
  const url = await dialogue.ask("Which way? Its number, or a URL as --output takes it", `${usual}`, (answer) => {
    const chosen = choose(answer, ways);
    openOutput(chosen);
    return chosen;
  });
  if (url !== `chunked-udp://:${CHUNKED_UDP_PORT}`) return url;
  dialogue.say("", "Receivers have to know a token: without one, nobody outside of this network is sent anything.");
  const token = await dialogue.ask("Which token?", inventToken(), (answer) => {
    if (TOKEN_PATTERN.test(answer)) return answer;
    throw new StreamError("invalid-option", `it must be ${TOKEN_RULE}`);
  });
  return withToken(url, token);
}

function offer(title: string, choices: readonly Choice[], dialogue: Dialogue): void {
  const widthOf = (column: number): number => Math.max(...choices.map(({ columns }) => columns[column]?.length ?? 0));
  const lines = choices.map(({ columns }, index) => {
    const cells = columns.map((text, column) => text.padEnd(widthOf(column)));
    return `  ${index + 1}  ${cells.join("  ").trimEnd()}`;
  });
  dialogue.say("", title, ...lines);
}

/** @throws StreamError `invalid-option` for a number that is not offered */
function choose(answer: string, choices: readonly Choice[]): string {
  if (!/^\d+$/.test(answer)) return answer;
  const chosen = choices[Number(answer) - 1];
  if (chosen) return chosen.value;
  throw new StreamError("invalid-option", `${answer} is none of them; allowed: 1 to ${choices.length}`);
}

/** What makes a camera give JPEGs, so that nothing has to be coded again; nothing where it cannot, or says what it gives. */
function jpegWords(camera: string): string[] {
  const given = readCameraSpecification(camera);
  const canChoose = cameraOptionNames(given.kind as CameraKind).includes("codec") && !("codec" in given);
  return canChoose ? ["--codec", "mjpeg"] : [];
}

function inventToken(): string {
  return Array.from(randomBytes(TOKEN_LENGTH), (byte) => TOKEN_SIGNS[byte % TOKEN_SIGNS.length]).join("");
}

function withToken(url: string, token: string): string {
  return `${url}?token=${encodeURIComponent(token)}`;
}

function viewCommand(url: string, given: string): string {
  const token = /^chunked-udp:/i.test(url) ? new URLSearchParams(given.split("?")[1]).get("token") : null;
  const reached = receiveUrl(url, given);
  return joinWords(["glasslink", "view", token === null ? reached : withToken(reached, token)]);
}

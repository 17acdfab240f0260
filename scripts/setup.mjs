#!/usr/bin/env node
// Installs what is missing from outside npm. Plain Node: it runs before anything is installed or built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const OLDEST_FFMPEG = [5, 1];
const PEER_PACKAGES = [
  ...["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good", "gstreamer1.0-plugins-bad"],
  ...["gstreamer1.0-plugins-ugly", "gstreamer1.0-libav", "gstreamer1.0-x", "gstreamer1.0-gl"],
  ...["python3", "python3-opencv", "python3-av", "python3-numpy", "mpv", "vlc-bin", "vlc-plugin-base"],
  ...["gstreamer1.0-rtsp", "gir1.2-gst-rtsp-server-1.0", "python3-gi"],
  ...["chromium", "fonts-dejavu-core", "python3-aiortc", "python3-socketio", "python3-aiohttp", "python3-websocket"],
  ...["janus", "simple-whip-client", "gstreamer1.0-nice", "ustreamer"],
  ...["xvfb", "xdotool", "procps", "iproute2", "nftables", "systemd", "libopencv-dev", "g++", "make"],
];
const HELP = `Usage: npm run setup [-- --peers] [-- --dry-run]

Installs what glasslink needs from outside npm: ffmpeg ${OLDEST_FFMPEG.join(".")} or newer. What is there stays as it is.
  --peers    also the foreign programs that \`npm run test:peers\` plays against (Debian and Ubuntu only)
  --dry-run  only says what it would run

Exit codes: 0 done, 1 something is missing still and stderr says what, 2 wrong usage.`;

/** Says why nothing more can be done; its message is for the user. */
class Stop extends Error {}

const options = process.argv.slice(2);
const unknown = options.find((option) => !["--peers", "--dry-run", "--help", "-h"].includes(option));
if (unknown !== undefined) {
  console.error(`${unknown} is unknown\n\n${HELP}`);
  process.exitCode = 2;
} else if (options.includes("--help") || options.includes("-h")) {
  console.log(HELP);
} else {
  try {
    setUp({ peers: options.includes("--peers"), dryRun: options.includes("--dry-run") });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function setUp({ peers, dryRun }) {
  if (peers && !isDebian()) throw new Stop("--peers: the peer tests' programs are known for Debian and Ubuntu only");
  const packages = peers ? PEER_PACKAGES.filter((name) => !isInstalled(name)) : [];
  const { FFMPEG_PATH } = process.env;
  if (FFMPEG_PATH !== undefined && ffmpegVersion() === undefined) {
    // Whatever is installed now would not be used.
    throw new Stop(`FFMPEG_PATH names ${FFMPEG_PATH}, which is no ffmpeg that runs; correct it, or unset it`);
  }
  const problem = ffmpegProblem();
  if (problem === undefined) console.log(`ffmpeg ${ffmpegVersion()} is there`);
  else console.log(problem);
  if (packages.length > 0) console.log(`missing for the peer tests: ${packages.join(" ")}`);
  else if (peers) console.log("everything for the peer tests is there");
  if (problem !== undefined) packages.unshift("ffmpeg");
  if (packages.length === 0) return;
  const steps = installSteps(packages);
  for (const { args } of steps) console.log(`${dryRun ? "would run" : "running"}: ${args.join(" ")}`);
  if (dryRun) return;
  for (const step of steps) run(step);
  const left = ffmpegProblem();
  if (left !== undefined) throw new Stop(`${left}, even now; install a newer one and name it by FFMPEG_PATH`);
}

/** What keeps ffmpeg from being used; undefined when nothing does. */
function ffmpegProblem() {
  const version = ffmpegVersion();
  if (version === undefined) return "ffmpeg is missing";
  const numbers = /^n?(\d+)\.(\d+)/.exec(version);
  // Builds from git carry no release number, and are new.
  if (!numbers) return undefined;
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  const isOld = major < OLDEST_FFMPEG[0] || (major === OLDEST_FFMPEG[0] && minor < OLDEST_FFMPEG[1]);
  return isOld ? `ffmpeg ${version} is older than ${OLDEST_FFMPEG.join(".")}` : undefined;
}

function ffmpegVersion() {
  return /^ffmpeg version (\S+)/.exec(ask(process.env.FFMPEG_PATH ?? "ffmpeg", ["-version"]).stdout)?.[1];
}

function isDebian() {
  return ask("apt-get", ["--version"]).works && ask("dpkg-query", ["--version"]).works;
}

function isInstalled(name) {
  return /^Status: .* installed$/m.test(ask("dpkg-query", ["--status", name]).stdout);
}

/** The commands that install the packages; throws what the user has to run where this script may not. */
function installSteps(packages) {
  if (isDebian()) return aptSteps(packages);
  if (ask("brew", ["--version"]).works) return [{ args: ["brew", "install", ...packages] }];
  if (ask("winget", ["--version"]).works) {
    const accept = ["--accept-source-agreements", "--accept-package-agreements"];
    return [{ args: ["winget", "install", "--exact", "--id", "Gyan.FFmpeg", ...accept] }];
  }
  throw new Stop(
    `neither apt-get nor brew nor winget is here; install ffmpeg ${OLDEST_FFMPEG.join(".")} or newer, and put it on PATH`,
  );
}

function aptSteps(packages) {
  const update = ["apt-get", "update"];
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !ask("sudo", ["-n", "true"]).works) {
    throw new Stop(`this needs administrator rights; run:\n  sudo ${update.join(" ")}\n  sudo ${install.join(" ")}`);
  }
  const asRoot = isRoot ? [] : ["sudo", "-n"];
  const steps = [
    // A repository that is out of reach now need not be the one that has the packages.
    { args: [...asRoot, ...update], mayFail: true },
    { args: [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", ...install] },
  ];
  // Its package starts a server that answers the whole network; the tests start their own.
  const starts = packages.includes("janus") && existsSync("/run/systemd/system");
  if (starts) steps.push({ args: [...asRoot, "systemctl", "disable", "--now", "janus"] });
  return steps;
}

/** Runs a program to its end without showing it. */
function ask(command, args) {
  const result = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return { works: result.status === 0, stdout: result.stdout ?? "" };
}

function run({ args: [command, ...rest], mayFail = false }) {
  const { status, error } = spawnSync(command, rest, { stdio: ["ignore", "inherit", "inherit"] });
  if (status === 0 || mayFail) return;
  throw new Stop(`${command} failed (${error?.message ?? `exit code ${status}`})`);
}

import type { Contender } from "../latency/contenders.js";
import type { PipeSettings } from "../processes/pipe-settings.js";
import { projectPath } from "../project-path.js";

// What places the window where it is looked at, and changes nothing else.
const FFPLAY = "-v error -noborder -left 0 -top 0".split(" ");
const MPV = "--no-config --really-quiet --vo=x11 --no-border --geometry=+0+0 --no-osc".split(" ");

const FFPLAY_OPTIONS = [
  "",
  "-fflags nobuffer -flags low_delay -framedrop",
  "-flags low_delay -threads 1 -probesize 32 -analyzeduration 0 -framedrop -sync video -vf setpts=N/TB/1000",
];
const MPV_OPTIONS = ["", "--profile=low-latency", "--profile=low-latency --untimed"];

/** ffplay and mpv, which show what they get on a screen; with the options that are usual, and the quickest ones. */
export function players(): Contender[] {
  return [
    ...FFPLAY_OPTIONS.map((options) => player("ffplay", [...FFPLAY, "-rtsp_transport", "tcp"], options)),
    ...MPV_OPTIONS.map((options) => player("mpv", [...MPV, "--rtsp-transport=tcp"], options)),
  ];
}

function player(command: string, usual: string[], options: string): Contender {
  return {
    name: command,
    how: options === "" ? "no options" : `\`${options}\``,
    command: ({ url, size, seconds }) => {
      const args = [...usual, ...options.split(" ").filter((word) => word !== ""), url];
      const settings: PipeSettings = { command, args, ...size, seconds };
      const script = projectPath("dist/bench/processes/screen-receiver.js");
      return { command: process.execPath, args: [script, JSON.stringify(settings)] };
    },
  };
}

import { cpus, loadavg, release, totalmem, type } from "node:os";
import { execa } from "execa";
import { locateFfmpeg } from "../../lib/ffmpeg/locate.js";
import { pythonVersions } from "./python.js";

/** One line on the machine and one on the programs, with the date: figures mean nothing without. */
export async function describeMachine(python: string): Promise<string> {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, " ").trim() ?? "unknown processor";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = loadavg()[0]?.toFixed(2);
  const gstreamer = await execa("gst-launch-1.0", ["--version"], { reject: false });
  const programs = [
    `Node ${process.versions.node}`,
    `ffmpeg ${(await locateFfmpeg()).version}`,
    /GStreamer [\d.]+/.exec(gstreamer.stdout ?? "")?.[0] ?? "no GStreamer",
    ...(await pythonVersions(python)),
  ];
  const when = new Date().toISOString().slice(0, 16).replace("T", " ");
  const kernel = `${type()} ${release().split("-")[0]}`;
  return [
    `${when} UTC; ${model}, ${processors.length} cores, ${memory}, ${kernel}; load before the start ${load}.`,
    `${programs.join(", ")}.`,
  ].join("  \n");
}

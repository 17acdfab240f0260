import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peerFolder } from "./peer-folder.js";
import { freeTcpPort, freeUdpPort } from "./peer-ports.js";
import { type Finished, startPeer } from "./peer-program.js";

/** Debian's, started with the files in deploy/janus. */
const CONFIGURATION = fileURLToPath(new URL("../../deploy/janus", import.meta.url));
const PORTS = { videoport: 5004, ws_port: 8188 } as const;

/** A Janus that relays the camera `left`. */
export interface Janus {
  /** Where cameras are asked for. */
  webSocketUrl: string;
  /** Where the camera's RTP goes on this machine. */
  rtpPort: number;
  pid: number;
}

/** Starts a Janus of the project's own configuration, but on free ports, until the test is over. */
export async function startJanus(finished: Finished): Promise<Janus> {
  const folder = await peerFolder(finished);
  const ports = { videoport: await freeUdpPort(), ws_port: await freeTcpPort() };
  for (const name of (await readdir(CONFIGURATION)).filter((name) => name.endsWith(".jcfg"))) {
    let text = await readFile(join(CONFIGURATION, name), "utf8");
    for (const key of ["videoport", "ws_port"] as const) {
      text = text.replace(`${key} = ${PORTS[key]}`, `${key} = ${ports[key]}`);
    }
    await writeFile(join(folder, name), text);
  }
  const child = startPeer("janus", ["--configs-folder", folder, "--disable-colors"], finished);
  await untilItListens(child.stdout);
  return { webSocketUrl: `ws://127.0.0.1:${ports.ws_port}`, rtpPort: ports.videoport, pid: child.pid as number };
}

/** It says so; what it says later is not kept, nor may it fill the pipe. */
function untilItListens(stdout: NodeJS.ReadableStream): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    stdout.on("data", (chunk: Buffer) => {
      if (said.includes("WebSockets thread started")) return;
      said += chunk;
      if (said.includes("WebSockets thread started")) resolve();
    });
    stdout.on("end", () => reject(new Error(`Janus ended: ${said}`)));
  });
}

/** A process that sends a clip; its parent asks it for the times. Started by {@link startSender}. */
import type { Camera } from "../../server/cameras/camera.js";
import { Sender } from "../../server/sender.js";
import { CLIP_FPS } from "../clip/make-clip.js";
import { readClip } from "../clip/read-clip.js";
import { monotonicMs } from "../monotonic.js";
import { ClipCamera } from "./clip-camera.js";
import { PlainServer } from "./plain-server.js";

const { clip, port, outputs } = JSON.parse(process.argv[2] ?? "{}") as {
  clip: string;
  port: number;
  outputs: string[];
};
const plain = new PlainServer();
const plainUrl = await plain.listen();
const camera = new ClipCamera({ units: readClip(clip), fps: CLIP_FPS, beforeUnit: (unit) => plain.unit(unit) });
const sender = new Sender({ camera: camera satisfies Camera, outputs: [`tcp://127.0.0.1:${port}`, ...outputs] });
await sender.ready;
const [url, ...outputUrls] = sender.outputs.map((output) => output.url);
process.send?.({ url, outputUrls, plainUrl, acceptingAtMs: monotonicMs() });
process.on("message", () => process.send?.(camera.log));
process.on("disconnect", () => process.exit());

/** A process that sends a clip of JPEGs; its parent asks it for the times. Started by {@link startMjpegSender}. */
import type { Camera } from "../../server/cameras/camera.js";
import { Sender } from "../../server/sender.js";
import { readJpegClip } from "../clip/read-jpeg-clip.js";
import { ClipCamera } from "./clip-camera.js";
import { watchChunks } from "./mjpeg-chunk-log.js";
import type { MjpegSenderSettings } from "./start-mjpeg-sender.js";

const { clip, fps, outputs } = JSON.parse(process.argv[2] ?? "{}") as MjpegSenderSettings & { clip: string };
const lastChunks = watchChunks();
const camera = new ClipCamera({ units: readJpegClip(clip), fps, beforeUnit: () => {} });
const sender = new Sender({ camera: camera satisfies Camera, outputs });
await sender.ready;
process.send?.(sender.outputs.map(({ url }) => url));
process.on("message", () => process.send?.({ handedOver: camera.log, lastChunks: lastChunks() }));
process.on("disconnect", () => process.exit());

import { describe, it } from "vitest";
import { IngestStage, told } from "../server/gateway/support/ingest-stage.js";
import { PushingCamera } from "../server/gateway/support/pushing-camera.js";
import { webUnits } from "../server/web/support/web-units.js";
import { expectNothingLeft, processResources } from "../support/process-resources.js";

const UNITS = webUnits({ count: 4, bytes: 3_000 });
const WARMING = 20;
const CONNECTS = 100;

/** A camera comes by WHIP and goes, as it should or by BYE alone. */
async function byWhip(stage: IngestStage, index: number): Promise<PushingCamera> {
  const { camera, path } = await stage.whip();
  await receives(stage, camera);
  if (index % 2 === 0) await stage.ask(path, { method: "DELETE" });
  else camera.leave();
  return camera;
}

/** A camera comes with a socket of its own and goes with it. */
async function bySocket(stage: IngestStage): Promise<PushingCamera> {
  const [socket, camera] = await Promise.all([stage.socket(), PushingCamera.create()]);
  const answered = told<{ answer: { sdp: string } }>(socket, "answer");
  socket.emit("offer", { cameraId: "left", offer: { type: "offer", sdp: await camera.offer() } });
  await camera.connect((await answered).answer.sdp);
  await receives(stage, camera);
  socket.disconnect();
  return camera;
}

async function receives(stage: IngestStage, camera: PushingCamera): Promise<void> {
  await stage.connected();
  camera.send(...UNITS);
  await stage.slots.until(() => stage.slots.sessions.at(-1)?.units.length === UNITS.length);
}

describe.each([
  ["WHIP", byWhip],
  ["socket.io", bySocket],
] as const)("a camera that comes and goes by %s", (_way, push) => {
  it(`leaves nothing behind, ${CONNECTS} times in a row`, async () => {
    await using stage = await IngestStage.set();
    const connect = async (index: number): Promise<void> => {
      const camera = await push(stage, index);
      await stage.slots.until(() => stage.slots.sessions.at(-1)?.ended !== undefined);
      camera[Symbol.dispose]();
      await camera.until(() => camera.isClosed);
      stage.slots.sessions.length = 0;
    };
    for (let index = 0; index < WARMING; index += 1) await connect(index);
    const before = await processResources();
    for (let index = 0; index < CONNECTS; index += 1) await connect(index);
    await expectNothingLeft(before);
  });
});

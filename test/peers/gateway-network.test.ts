import { once } from "node:events";
import { expect, it, vi } from "vitest";
import { peerFolder } from "../support/peer-folder.js";
import { ADDRESS, CABLE, describeNetwork, PeerNetwork } from "../support/peer-network.js";
import { PICTURE } from "../support/peer-pictures.js";
import type { Finished } from "../support/peer-program.js";
import { TAPE_LENGTH } from "../support/peer-sender.js";
import { makeTape, type Tape } from "../support/peer-tape.js";
import { ReceiverWatch } from "../support/peer-watch.js";

const OUTPUT = [`webrtc+http://${ADDRESS.receiver}:8080?camera=left`];
/** The same, offering to send nothing again. */
const OUTPUT_WITHOUT_NACK = [`http://${ADDRESS.receiver}:8080/stream`, "no-nack"];
/** As the text of the project promises, in milliseconds; the times of recovery are measured by `bench:gateway`. */
const NOTICED_MS = 3_000;
const CUT_MS = 4_000;
/** The stream has about 1 Mbit/s. */
const TOO_SLOW = "tbf rate 400kbit burst 10kb limit 30kb";
const SLOW_MS = 8_000;
/** Ten times of what is measured. */
const LATE_MS = 1_500;
const BACK_MS = 10_000;

interface Stage {
  network: PeerNetwork;
  tape: Tape;
  gateway: Gateway;
  sender(): ReturnType<PeerNetwork["start"]>;
}

interface Gateway {
  watch: ReceiverWatch;
  process: ReturnType<PeerNetwork["start"]>;
}

async function stage(network: PeerNetwork, finished: Finished, output = OUTPUT): Promise<Stage> {
  const tape = await makeTape(await peerFolder(finished), { codec: "h264", ...PICTURE, frames: TAPE_LENGTH });
  const gateway = await startGateway(network, finished);
  const sender = () => network.start("sender", "network-sender.mjs", [tape.path, "stamp", ...output], finished);
  return { network, tape, gateway, sender };
}

async function startGateway(network: PeerNetwork, finished: Finished): Promise<Gateway> {
  const process = network.start("receiver", "network-gateway.mjs", [], finished);
  const watch = new ReceiverWatch(process);
  await watch.until(() => watch.ready);
  return { watch, process };
}

/** Numbers that do not follow the one before; the tape begins anew behind its last. */
function resumed(watch: ReceiverWatch): number[] {
  const numbers = watch.frames.map(({ number }) => number as number);
  return numbers.filter((number, index) => index > 0 && number !== ((numbers[index - 1] as number) + 1) % TAPE_LENGTH);
}

async function passed(ms: number): Promise<void> {
  const beganAtMs = performance.now();
  await vi.waitUntil(() => performance.now() - beganAtMs > ms, { timeout: 3 * ms, interval: 20 });
}

describeNetwork("a gateway whose camera is far away", () => {
  it.concurrent("3 % of all packets lost, 20 ms each way: every picture comes, whole and soon", async ({
    onTestFinished,
  }) => {
    const { network, cable } = await PeerNetwork.makeSlow(onTestFinished);
    cable.is("delay 20");
    cable.is("loss 3");
    const { tape, gateway, sender } = await stage(network, onTestFinished);
    sender();
    await gateway.watch.given(TAPE_LENGTH);
    gateway.watch.expectWhole(tape.hashes);
    await gateway.watch.until(() => gateway.watch.stats);
    expect(gateway.watch.stats).toMatchObject({ lost: 0 });
    // A machine that is busy passes over a picture now and then, without any loss.
    expect(resumed(gateway.watch).length).toBeLessThan(TAPE_LENGTH / 60);
    // The first are those since the last keyframe, all at once.
    const ages = gateway.watch.frames.slice(PICTURE.gop).map(({ ageMs }) => ageMs as number);
    expect(ages.toSorted((a, b) => a - b)[Math.floor(ages.length * 0.95)]).toBeLessThan(LATE_MS);
  });

  it.concurrent("3 % lost, and nothing is asked for again: no torn picture, and on with the next keyframe", async ({
    onTestFinished,
  }) => {
    const { network, cable } = await PeerNetwork.makeSlow(onTestFinished);
    const { tape, gateway, sender } = await stage(network, onTestFinished, OUTPUT_WITHOUT_NACK);
    sender();
    await gateway.watch.given(PICTURE.fps);
    cable.is("loss 3");
    await gateway.watch.given(TAPE_LENGTH / 2);
    await gateway.watch.until(() => (gateway.watch.stats?.lost ?? 0) > 0);
    gateway.watch.expectWhole(tape.hashes);
    expect(resumed(gateway.watch).length).toBeGreaterThan(0);
  });
});

describeNetwork("a gateway whose camera has a line that is too slow for 8 seconds", () => {
  it("shows no torn picture, and is live again as soon as it can", async ({ onTestFinished }) => {
    const network = await PeerNetwork.make(onTestFinished);
    const { tape, gateway, sender } = await stage(network, onTestFinished);
    sender();
    await gateway.watch.given(2 * PICTURE.fps);
    await network.run("sender", `tc qdisc add dev ${CABLE} root ${TOO_SLOW}`);
    await passed(SLOW_MS);
    await network.run("sender", `tc qdisc del dev ${CABLE} root`);
    const mendedAtMs = Date.now();
    await expectBack(gateway.watch, tape, mendedAtMs);
    await gateway.watch.until(() => gateway.watch.frames.slice(-PICTURE.fps).every(({ ageMs = 0 }) => ageMs < LATE_MS));
  });
});

describeNetwork("a gateway that loses its camera", () => {
  it.concurrent.for(["sender", "receiver"] as const)(
    "cable pulled at the %s's end: is noticed, and goes on",
    async (side, { onTestFinished }) => {
      const network = await PeerNetwork.make(onTestFinished);
      const { tape, gateway, sender } = await stage(network, onTestFinished);
      sender();
      await gateway.watch.given(PICTURE.fps);
      await network.run(side, `ip link set ${CABLE} down`);
      await expectNoticed(gateway.watch, Date.now());
      await passed(CUT_MS);
      await network.run(side, `ip link set ${CABLE} up`);
      await network.isUp();
      await expectBack(gateway.watch, tape, Date.now());
    },
  );

  it.concurrent("power lost: is noticed, and it goes on with the camera that starts again", async ({
    onTestFinished,
  }) => {
    const network = await PeerNetwork.make(onTestFinished);
    const { tape, gateway, sender } = await stage(network, onTestFinished);
    const camera = sender();
    await gateway.watch.given(PICTURE.fps);
    // Nobody is told: neither a goodbye nor a reset gets through.
    await network.run("sender", `ip link set ${CABLE} down`);
    const cutAtMs = Date.now();
    process.kill(camera.pid as number, "SIGKILL");
    await expectNoticed(gateway.watch, cutAtMs);
    await network.run("sender", `ip link set ${CABLE} up`);
    await network.isUp();
    const again = sender();
    await once(again.stdout, "data");
    await expectBack(gateway.watch, tape, Date.now());
  });

  it.concurrent("the gateway itself starts again: the camera finds it", async ({ onTestFinished }) => {
    const network = await PeerNetwork.make(onTestFinished);
    const { tape, gateway, sender } = await stage(network, onTestFinished);
    sender();
    await gateway.watch.given(PICTURE.fps);
    process.kill(gateway.process.pid as number, "SIGKILL");
    await gateway.process.exited;
    const { watch } = await startGateway(network, onTestFinished);
    await expectBack(watch, tape, Date.now());
  });
});

async function expectNoticed(watch: ReceiverWatch, cutAtMs: number): Promise<void> {
  const stalled = await watch.until(() => watch.states.find(({ name, atMs }) => name === "stalled" && atMs > cutAtMs));
  expect(stalled.atMs - cutAtMs).toBeLessThan(NOTICED_MS);
}

async function expectBack(watch: ReceiverWatch, tape: Tape, mendedAtMs: number): Promise<void> {
  const back = await watch.firstAfter(mendedAtMs);
  expect(back.atMs - mendedAtMs).toBeLessThan(BACK_MS);
  await watch.given(PICTURE.fps);
  watch.expectWhole(tape.hashes);
}

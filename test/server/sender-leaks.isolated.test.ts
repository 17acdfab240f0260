import { expect, it } from "vitest";
import { LOCAL, SenderStage, until } from "./support/sender-stage.js";
import { TcpReader } from "./support/tcp-reader.js";

it("Sender closes everything, and leaves no timer, socket or camera behind", async () => {
  await using stage = await SenderStage.streaming({ outputs: [LOCAL, "udp://127.0.0.1:9"] });
  using reader = await TcpReader.connect(stage.port());
  await until(() => stage.sender.stats().outputs[0]?.clients === 1);
  await Promise.all([stage.sender.close(), stage.sender.close()]);
  await reader.closed();
  expect(stage.camera.running).toBe(false);
  expect(stage.clock.waiting).toBe(0);
  expect(stage.sender.state).toEqual({ name: "closed" });
  await until(() => process.getActiveResourcesInfo().every((resource) => !/^(TCP|UDP)/.test(resource)));
});

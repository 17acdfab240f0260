import { describe, it } from "vitest";
import { systemClock } from "../../lib/clock.js";
import { RunningOutput } from "../server/support/run-output.js";
import { StreamServer } from "../server/support/stream-server.js";
import { WhipServer } from "../server/support/whip-server.js";
import { webUnits } from "../server/web/support/web-units.js";
import { expectNothingLeft, processResources } from "../support/process-resources.js";

const UNITS = webUnits({ count: 4, bytes: 3_000 });
const CONNECTS = 50;

describe.each([
  ["socket.io", StreamServer],
  ["WHIP", WhipServer],
] as const)("a push that comes and goes by %s", (_way, Server) => {
  it(`leaves nothing behind, ${CONNECTS} times in a row`, async () => {
    await using server = await Server.listen();
    const connect = async (): Promise<void> => {
      const running = await RunningOutput.start(server.url, systemClock, UNITS);
      const answerer = server.answerers.pop();
      await answerer?.arrived(UNITS.length);
      await running[Symbol.asyncDispose]();
      answerer?.close();
      await answerer?.until(() => answerer.isClosed);
    };
    for (let index = 0; index < 10; index += 1) await connect();
    const before = await processResources();
    for (let index = 0; index < CONNECTS; index += 1) await connect();
    await expectNothingLeft(before);
  });
});

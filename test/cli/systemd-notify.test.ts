import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SystemdNotify } from "../../cli/systemd-notify.js";
import { FakeClock } from "../support/fake-clock.js";
import { type FileDirectory, makeFileDirectory } from "../support/make-file.js";
import { RecordingLogger } from "../support/recording-logger.js";

const WATCHDOG = { WATCHDOG_USEC: "30000000", WATCHDOG_PID: String(process.pid) };
const READY = "--ready|--status=test pattern";

describe("SystemdNotify", () => {
  let machine: FileDirectory;
  let clock: FakeClock;
  let logger: RecordingLogger;
  beforeEach(async () => {
    machine = await makeFileDirectory();
    clock = new FakeClock();
    logger = new RecordingLogger();
  });
  afterEach(() => machine[Symbol.asyncDispose]());

  /** A stand-in for systemd's program, which notes what it is to say. */
  async function putProgram(script = ""): Promise<void> {
    const path = join(machine.path, "systemd-notify");
    await writeFile(path, `#!/bin/sh\nIFS='|'\necho "$*" >> "$NOTIFY_SOCKET"\n${script}\n`);
    await chmod(path, 0o755);
  }
  const heard = (): Promise<string[]> =>
    readFile(join(machine.path, "heard"), "utf8").then(
      (text) => text.trim().split("\n"),
      () => [],
    );
  function service(variables: Record<string, string> = {}): SystemdNotify {
    const environment = { PATH: machine.path, NOTIFY_SOCKET: join(machine.path, "heard"), ...variables };
    return new SystemdNotify({ environment, clock, logger });
  }

  it("says that the service is ready, in one line, and that it stops", async () => {
    await putProgram();
    {
      await using notify = service();
      notify.ready("test\n pattern");
      notify.stopping();
    }
    expect([await heard(), clock.waiting, logger.lines]).toEqual([[READY, "STOPPING=1"], 0, []]);
  });

  it("says that the process lives at half of the watchdog's time, once it is ready and until it ends", async () => {
    await putProgram();
    {
      await using notify = service(WATCHDOG);
      clock.advance(60_000);
      notify.ready("test pattern");
      await vi.waitFor(async () => expect(await heard()).toEqual([READY]));
      clock.advance(14_999);
      await Promise.resolve();
      expect(await heard()).toEqual([READY]);
      await vi.waitFor(async () => {
        clock.advance(15_000);
        expect((await heard()).slice(1, 3)).toEqual(["WATCHDOG=1", "WATCHDOG=1"]);
      });
    }
    expect(clock.waiting).toBe(0);
  });

  it.each([
    { when: "nothing waits for it", variables: { NOTIFY_SOCKET: "", ...WATCHDOG } },
    { when: "the watchdog is for another process", variables: { ...WATCHDOG, WATCHDOG_PID: "1" } },
    { when: "there is no watchdog", variables: { WATCHDOG_USEC: "0" } },
  ])("has no timer when $when", async ({ variables }) => {
    await putProgram();
    await using notify = service(variables);
    notify.ready("test pattern");
    expect(clock.waiting).toBe(0);
  });

  it("never has more than one process waiting", async () => {
    await putProgram('while [ ! -e "$NOTIFY_SOCKET.go" ]; do read -r _ < /dev/null; done');
    {
      await using notify = service(WATCHDOG);
      notify.ready("test pattern");
      clock.advance(60_000);
      await writeFile(join(machine.path, "heard.go"), "");
    }
    expect(await heard()).toEqual([READY]);
  });

  it("warns once of a machine without systemd-notify, and asks no more", async () => {
    {
      await using notify = service(WATCHDOG);
      notify.ready("test pattern");
      notify.stopping();
    }
    expect(logger.lines).toEqual([
      expect.stringMatching(/^warn systemd cannot be told how this service does: systemd-notify: .*ENOENT/),
    ]);
  });

  it("warns once of what systemd-notify says, and asks again", async () => {
    await putProgram("echo 'Failed to notify init system' >&2; exit 1");
    {
      await using notify = service();
      notify.ready("test pattern");
      notify.stopping();
    }
    expect(await heard()).toEqual([READY, "STOPPING=1"]);
    expect(logger.lines).toEqual([
      "warn systemd cannot be told how this service does: systemd-notify: Failed to notify init system",
    ]);
  });
});

import { execa } from "execa";
import type { Clock, Timer } from "../lib/clock.js";
import type { Logger } from "../lib/logger.js";

const PROGRAM = "systemd-notify";
/** It needs a fraction of a second; a Raspberry Pi Zero under load, some. */
const TIMEOUT_MS = 10_000;

/** What a {@link SystemdNotify} works with. */
export interface SystemdNotifyOptions {
  /** systemd's variables, and PATH. */
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  logger: Logger;
}

/**
 * Tells systemd how a service of `Type=notify` does: that it is ready, that it lives (`WatchdogSec=`), that it stops.
 * Outside of such a service it does nothing. Node.js has no datagram sockets of the family that systemd listens on, so
 * systemd's own program says it, and the unit needs `NotifyAccess=all`.
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_watchdog_enabled.html
 */
export class SystemdNotify implements AsyncDisposable {
  readonly #options: SystemdNotifyOptions;
  /** False where nobody listens, and where nobody can be told. */
  #isHeard: boolean;
  #warned = false;
  #watchdog: Timer | undefined;
  /** What is said is said in turn. */
  #said: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: SystemdNotifyOptions) {
    this.#options = options;
    this.#isHeard = Boolean(options.environment.NOTIFY_SOCKET);
  }

  /**
   * The service does what it is there for; from now on systemd also hears that it lives.
   * @param status a line for `systemctl status`
   */
  ready(status: string): void {
    this.#say("--ready", `--status=${status.replace(/\s+/g, " ")}`);
    const everyMs = this.#watchdogMs();
    // Half of it, as systemd advises: one that comes late is not too late yet.
    if (this.#isHeard && everyMs !== undefined) {
      this.#watchdog ??= this.#options.clock.every(everyMs / 2, () => this.#live());
    }
  }

  /** The service ends in good order, which may take a while. */
  stopping(): void {
    this.#say("STOPPING=1");
  }

  /** Resolves when systemd has heard everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watchdog?.cancel();
    await this.#said;
  }

  #live(): void {
    // On a machine that is this slow, one more process would not help.
    if (this.#waiting === 0) this.#say("WATCHDOG=1");
  }

  #say(...message: string[]): void {
    if (!this.#isHeard) return;
    this.#waiting++;
    this.#said = this.#said.then(() => this.#run(message)).finally(() => this.#waiting--);
  }

  async #run(message: string[]): Promise<void> {
    if (!this.#isHeard) return;
    const { environment: env } = this.#options;
    const options = { env, extendEnv: false, reject: false, stdin: "ignore", timeout: TIMEOUT_MS } as const;
    const result = await execa(PROGRAM, message, options);
    if (!result.failed) return;
    if (result.exitCode === undefined && result.code === "ENOENT") this.#isHeard = false;
    if (this.#warned) return;
    this.#warned = true;
    const reason = result.stderr || (result.originalMessage ?? result.shortMessage);
    this.#options.logger.warn({}, `systemd cannot be told how this service does: ${PROGRAM}: ${reason}`);
  }

  /** Within which time systemd wants to hear of this process; undefined where it does not. */
  #watchdogMs(): number | undefined {
    const { WATCHDOG_USEC = "", WATCHDOG_PID } = this.#options.environment;
    // Children inherit the variables.
    const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
    return isMeant && /^[1-9]\d*$/.test(WATCHDOG_USEC) ? Number(WATCHDOG_USEC) / 1_000 : undefined;
  }
}

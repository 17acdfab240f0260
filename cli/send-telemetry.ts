import { systemClock } from "../lib/clock.js";
import type { Telemetry } from "../server/telemetry/telemetry.js";
import type { TelemetryServer } from "../server/telemetry/telemetry-server.js";
import { readTlsFiles, type TlsPaths } from "../server/web/tls-files.js";
import type { CommandContext } from "./run-command.js";

/** The options of `glasslink send` for telemetry, as they were parsed. */
export interface SendTelemetryOptions {
  telemetry?: string;
  telemetryRate?: number;
  telemetryPort?: number;
}

/** The vehicle's telemetry and its server, for as long as a command runs. */
export class SendTelemetry implements AsyncDisposable {
  readonly source: Telemetry;
  readonly url: string;
  readonly #server: TelemetryServer;

  private constructor(source: Telemetry, server: TelemetryServer) {
    this.source = source;
    this.url = server.url;
    this.#server = server;
  }

  /**
   * Undefined where no telemetry is asked for.
   * @throws StreamError `invalid-option`, `invalid-url`, `bind-failed`
   */
  static async open(
    options: SendTelemetryOptions,
    tlsPaths: TlsPaths,
    { logger, signal }: CommandContext,
  ): Promise<SendTelemetry | undefined> {
    const { telemetry: link, telemetryRate: rateHz, telemetryPort: port } = options;
    if (link === undefined) return undefined;
    // Its server is loaded only where it is wanted: the command starts sooner without.
    const [{ Telemetry }, { TelemetryServer }, tls] = await Promise.all([
      import("../server/telemetry/telemetry.js"),
      import("../server/telemetry/telemetry-server.js"),
      readTlsFiles(tlsPaths),
    ]);
    const source = new Telemetry({ link, logger, ...(rateHz !== undefined && { rateHz }) });
    const place = { ...(port !== undefined && { port }), ...(tls && { tls }) };
    try {
      const server = await TelemetryServer.listen(place, source, { clock: systemClock, logger, signal });
      return new SendTelemetry(source, server);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.source.close();
  }
}

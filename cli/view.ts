import { Command } from "commander";
import { logLevelOption, portNumber, STREAM_URLS } from "./arguments.js";
import { runCommand } from "./run-command.js";
import type { ViewOptions } from "./view-streams.js";

const EXAMPLES = `
The page shows each stream under its name: "camera", or "camera1", "camera2" and so on where none is given.

Examples:
  glasslink view tcp://192.168.1.20:8000
  glasslink view tcp://192.168.1.20:8000 --telemetry http://192.168.1.20:8001
  glasslink view left=rtsp://192.168.1.20:8554/left right=rtsp://192.168.1.20:8554/right
  glasslink view "chunked-udp://203.0.113.7:9999?token=SECRET"      from the internet
  glasslink view mjpeg-tcp://192.168.1.20:8888 cam=http://192.168.1.30/stream.mjpg
  glasslink view udp://239.1.1.1:5000 --host 0.0.0.0 --no-open      for everybody in the network`;

/** `glasslink view`: any streams on a page in the browser. */
export function viewCommand(): Command {
  return new Command("view")
    .summary("show streams on a page in the browser")
    .description("Receives streams and shows them on a page, which it opens in the browser, until Ctrl-C.")
    .argument("<urls...>", `where they come from: ${STREAM_URLS}`)
    .option("--host <address>", "local address of the page; 0.0.0.0: for everybody in the network", "127.0.0.1")
    .option("--port <n>", "port of the page (default: 8080, or any free one)", portNumber)
    .option("--telemetry <url>", "telemetry of the sender: http://192.168.1.20:8001")
    .option("--tls-cert <file>", "certificate, PEM, for HTTPS; with --tls-key")
    .option("--tls-key <file>", "its key, PEM")
    .option("--no-open", "only print where the page is")
    .addOption(logLevelOption("warn"))
    .addHelpText("after", EXAMPLES)
    .action((urls: string[], options: ViewOptions) =>
      runCommand(options, async (context) => {
        // The web server is loaded only here: the other commands start sooner without.
        const { viewStreams } = await import("./view-streams.js");
        await viewStreams(urls, options, context);
      }),
    );
}

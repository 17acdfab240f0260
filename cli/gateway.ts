import { Command, Option } from "commander";
import { logLevelOption, portNumber } from "./arguments.js";
import type { GatewayCommandOptions } from "./gateway-settings.js";
import { runCommand } from "./run-command.js";

const EXAMPLES = `
Cameras push by WebRTC: glasslink send --output webrtc+http://THIS-MACHINE:8080 --camera-id left
Each is on the page, at rtsp://THIS-MACHINE:8554/ID, and goes to every --output, where
  +n      behind the port adds the camera's number, 0, 1, 2 ...
  {id}    is the camera's id

Examples:
  glasslink gateway
  glasslink gateway --port 80 --token SECRET --output udp://239.1.1.1:5000+n
  glasslink gateway --camera gate=rtsp://192.168.1.30/stream --camera yard=udp://239.1.1.2:5000
  glasslink gateway --output "rtsp-push://relay:8554/{id}" --no-rtsp
  glasslink gateway --config gateway.yml

Configuration, YAML; options of the command line go before it:
  port: 8080
  token: a-long-secret
  outputs: ["udp://239.1.1.1:5000+n"]
  cameras:
    - { id: gate, url: "rtsp://user:password@192.168.1.30/stream" }
It may also have host, rtspPort (null: none), telemetry, tlsCert and tlsKey.`;

/** `glasslink gateway`: many cameras into one place, and out again. */
export function gatewayCommand(): Command {
  return new Command("gateway")
    .summary("take the cameras of many machines, show them, and serve them on")
    .description("Takes cameras that push by WebRTC, gets others, shows and serves all of them, until Ctrl-C.")
    .option("--port <n>", "of the page, and of cameras that push (default: 8080)", portNumber)
    .option("--host <address>", "local address (default: all)")
    .option("--config <file>", "configuration, YAML")
    .option("--rtsp-port <n>", "where each camera is served by RTSP (default: 8554)", portNumber)
    .option("--no-rtsp", "serve nothing by RTSP")
    .addOption(listOption("--output <template>", "where each camera is sent; may be given several times"))
    .addOption(listOption("--camera <id=url>", "a camera to get; may be given several times"))
    .addOption(new Option("--token <token>", "what cameras that push have to know").env("GLASSLINK_TOKEN"))
    .option("--telemetry <url>", "what the page tells of the vehicle: http://192.168.1.20:8001")
    .option("--tls-cert <file>", "certificate, PEM, for HTTPS; with --tls-key")
    .option("--tls-key <file>", "its key, PEM")
    .addOption(logLevelOption("info"))
    .option("--log-file <path>", "log to this file too, and warnings and errors also to <name>_errors; 5 of 10 MB each")
    .addHelpText("after", EXAMPLES)
    .action((options: GatewayCommandOptions) =>
      runCommand(options, async (context) => {
        // The gateway is loaded only here: the other commands start sooner without.
        const { runGateway } = await import("./run-gateway.js");
        await runGateway(options, context);
      }),
    );
}

function listOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], "none")
    .argParser((text: string, before: string[]) => [...before, text]);
}

import { once } from "node:events";
import { formatStreamUrl, parseStreamUrl } from "../lib/stream-url.js";
import { Gateway } from "../server/index.js";
import { readTlsFiles } from "../server/web/tls-files.js";
import { type GatewayCommandOptions, type GatewaySettings, readGatewaySettings } from "./gateway-settings.js";
import { reachableHost } from "./reachable-host.js";
import type { CommandContext } from "./run-command.js";

const DEFAULT_RTSP_PORT = 8554;

/**
 * Runs a gateway until the user ends it, and prints where it is and which cameras come and go.
 * @throws StreamError `invalid-option`, `invalid-url`, `unsupported`, `bind-failed`
 */
export async function runGateway(options: GatewayCommandOptions, context: CommandContext): Promise<void> {
  const { signal, logger, print, ready } = context;
  const settings = await readGatewaySettings(options);
  const tls = await readTlsFiles(settings.tls);
  signal.throwIfAborted();
  // Nobody looks at frames here.
  const receiver = { decode: false };
  await using gateway = new Gateway({ ...settings.gateway, ...(tls && { tls }), receiver, logger });
  const ended = once(signal, "abort");
  await Promise.race([gateway.ready, ended]);
  if (signal.aborted) return;
  for (const line of places(gateway.url, settings.gateway)) print(line);
  const host = settings.gateway.host ?? "";
  const tellCamera = (id: string): void => print(describeCamera(gateway, id, host));
  for (const id of gateway.cameras.keys()) tellCamera(id);
  gateway.on("camera", ({ id }) => tellCamera(id));
  gateway.on("gone", ({ id }) => print(`${id}: gone`));
  ready(`gateway at ${gateway.url}`);
  await ended;
}

/** Where it is reached, one line each. */
function places(url: string, { host = "", rtspPort, token }: GatewaySettings["gateway"]): string[] {
  const { scheme, port = 0 } = parseStreamUrl(url);
  const base = formatStreamUrl(scheme, reachableHost(host), port);
  const rtsp = formatStreamUrl("rtsp", reachableHost(host), rtspPort ?? DEFAULT_RTSP_PORT);
  const [secret, option] = token === undefined ? ["", ""] : [", with the token", " --token TOKEN"];
  return [
    `${base}/  the page`,
    `${base}/whip/ID  cameras push here by WHIP${secret}`,
    `${base}/stream  and here by socket.io: glasslink send --output webrtc+${base} --camera-id ID${option}`,
    ...(rtspPort === null ? [] : [`${rtsp}/ID  each camera by RTSP`]),
  ];
}

function describeCamera(gateway: Gateway, id: string, host: string): string {
  const outputs = gateway.stats().cameras[id]?.outputs ?? [];
  // What listens on every address is told by one of them.
  const urls = outputs.map(({ url }) => url.replace(/^(\w+:\/\/):(?=\d)/, `$1${reachableHost(host)}:`));
  return [`${id}: from ${gateway.cameras.get(id)?.url}`, ...urls].join("  ");
}

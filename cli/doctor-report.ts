import type { HardwareDecoder } from "../lib/ffmpeg/hardware-decoders.js";
import type { DoctorFindings } from "./run-doctor.js";

/** What doctor found, for people: one heading a line at the left, its facts aligned beside it. */
export function describeFindings(findings: DoctorFindings): string {
  const { ffmpeg, cameras, network, ports } = findings;
  return [
    section("node", [`${findings.node} on ${findings.platform}`]),
    section("ffmpeg", [ffmpeg.usable ? `${ffmpeg.version} at ${ffmpeg.path}` : `not usable: ${ffmpeg.problem}`]),
    section("decoders", ["software        ok", ...describeDecoders(findings.hardwareDecoders)]),
    section("cameras", cameras.length > 0 ? cameras.map(({ camera, name }) => `${camera}  ${name}`) : ["none found"]),
    section(
      "network",
      network.map((entry) => `${entry.interface.padEnd(8)} ${entry.address}${entry.multicast ? "  multicast" : ""}`),
    ),
    section(
      "ports",
      ports.map(({ port, protocol, free, use, problem }) => {
        const state = free ? "free " : problem ? `cannot be used: ${problem}` : "taken";
        return `${port} ${protocol}  ${state}  ${use}`;
      }),
    ),
  ].join("\n");
}

function section(title: string, lines: string[]): string {
  return lines.map((line, index) => `${(index === 0 ? title : "").padEnd(10)}${line}`).join("\n");
}

function describeDecoders(decoders: HardwareDecoder[]): string[] {
  const byName = new Map<string, HardwareDecoder[]>();
  for (const decoder of decoders) byName.set(decoder.name, [...(byName.get(decoder.name) ?? []), decoder]);
  return Array.from(byName, ([name, [first, ...others]]) => {
    const results = [first, ...others].filter((decoder) => decoder !== undefined);
    const alike = results.every(({ works, reason }) => works === first?.works && reason === first?.reason);
    const shown = results.map(({ codec, ...result }) => `${codec} ${describeResult(result)}`).join("; ");
    return `${name.padEnd(16)}${alike && first ? describeResult(first) : shown}`;
  });
}

function describeResult({ works, reason }: Pick<HardwareDecoder, "works" | "reason">): string {
  return works ? "ok" : `no: ${reason}`;
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  CHUNKED_UDP_PORT,
  challengeMessage,
  DISCONNECT,
  KEEPALIVE_MS,
  REGISTERED,
  registerMessage,
  SILENT_CLIENT_MS,
} from "../../../lib/chunked-udp/client-message.js";
import { CHUNK_BYTES, frameDatagrams, MAX_FRAME_BYTES } from "../../../lib/chunked-udp/server-message.js";
import { pickleArray } from "../../../lib/pickle/write-pickled-array.js";
import { widenDatagram } from "./widen-datagram.js";

const PAGE = readFileSync(new URL("../../../docs/chunked-udp.md", import.meta.url), "utf8");
const JPEG = Buffer.from("ffd8ffd9", "hex");

/** The blocks of the worked example, each as the lines of hexadecimal digits that stand together. */
const examples = [...(PAGE.split("## Worked example")[1] ?? "").matchAll(/```text\n(.*?)```/gs)].map(([, block = ""]) =>
  block.split(/^(?!(?:[0-9a-f]{2} ?)+$).*\n/m).flatMap((lines) => lines.replaceAll(/\s/g, "") || []),
);

const hex = (datagrams: readonly Buffer[]): string[] => datagrams.map((datagram) => datagram.toString("hex"));

describe("docs/chunked-udp.md", () => {
  it("shows what the code writes", () => {
    const short = frameDatagrams(7, JPEG);
    const long = frameDatagrams(8, Buffer.alloc(1_201)).map((datagram, i) =>
      i === 0 ? datagram : datagram.subarray(0, 13),
    );
    const challenge = challengeMessage("q4Zt");
    const session = [
      registerMessage("jpeg", "s3cret"),
      REGISTERED,
      challenge,
      challenge,
      ...short,
      ...long,
      DISCONNECT,
    ];
    expect(examples[0]).toEqual(hex(session));
    expect(examples[1]).toEqual(hex(short.map((datagram) => widenDatagram(datagram))));
    expect(examples[2]?.join("")).toBe(pickleArray(JPEG).toString("hex"));
  });

  it("tells the numbers of the code", () => {
    expect(PAGE).toContain(`Port ${CHUNKED_UDP_PORT} is the server's`);
    expect(PAGE).toContain(`\`KEEPALIVE\` each ${KEEPALIVE_MS / 1_000} s`);
    expect(PAGE).toContain(`said nothing for ${SILENT_CLIENT_MS / 1_000} s`);
    expect(PAGE).toContain(`chunks of ${CHUNK_BYTES} bytes`);
    expect(PAGE).toContain(`1 byte to ${MAX_FRAME_BYTES / 2 ** 20} MiB`);
  });
});

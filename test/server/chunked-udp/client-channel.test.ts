import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { bindSocket } from "../../../server/chunked-udp/bind-socket.js";
import {
  type ClientChannel,
  openConnectedChannel,
  openSharedChannel,
} from "../../../server/chunked-udp/client-channel.js";
import { DatagramReader } from "../support/datagram-reader.js";

const PLACE = { address: "127.0.0.1", family: 4, port: 0 } as const;

function fail(what: string) {
  return (): never => {
    throw new Error(what);
  };
}

describe("the way to a client", () => {
  it("is the listener's socket where sockets cannot share a place", async () => {
    const listener = bindSocket(PLACE, false);
    await using reader = await DatagramReader.open();
    const peer = { address: "127.0.0.1", port: reader.port };
    const channel = openSharedChannel(listener, peer, { sendFailed: fail("sending failed") });
    channel.send(Buffer.from("hello"));
    expect((await reader.datagrams(1))[0]?.toString()).toBe("hello");
    expect(channel.behind).toBe(false);
    await channel.close();
    reader.send(Buffer.from("still here"), listener.address().port);
    expect(String((await once(listener, "message"))[0])).toBe("still here");
    listener.close();
  });

  it.skipIf(process.platform !== "linux")("is a socket of its own, heard until it retires", async () => {
    const listener = bindSocket(PLACE, true);
    const { port } = listener.address();
    await using reader = await DatagramReader.open();
    const heard: string[] = [];
    const both = new Promise<ClientChannel>((resolve) => {
      const message = (datagram: Buffer): void => {
        heard.push(datagram.toString());
        if (heard.length === 1) channel.end();
        if (heard.length === 2) resolve(channel);
      };
      const owner = { message, gone: fail("gone"), sendFailed: fail("sending failed") };
      const channel = openConnectedChannel({ ...PLACE, port }, { address: "127.0.0.1", port: reader.port }, owner);
      reader.send(Buffer.from("goodbye"), port);
      reader.send(Buffer.from("here again"), port);
    });
    const channel = await both;
    channel.send(Buffer.from("not sent"));
    channel.retire();
    reader.send(Buffer.from("and again"), port);
    expect(String((await once(listener, "message"))[0])).toBe("and again");
    await channel.close();
    expect(heard).toEqual(["goodbye", "here again"]);
    listener.close();
  });

  it("cannot lead to port 0", () => {
    const owner = { message: fail("heard"), gone: fail("gone"), sendFailed: fail("sending failed") };
    expect(() => openConnectedChannel(PLACE, { address: "127.0.0.1", port: 0 }, owner)).toThrow();
  });
});

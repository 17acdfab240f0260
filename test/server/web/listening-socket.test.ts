import { once } from "node:events";
import { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { expect, it } from "vitest";
import { openListeningSocket } from "../../../server/web/listening-socket.js";
import { CERTIFICATE } from "../../support/self-signed.js";

it("keeps no connection that never comes to speak TLS", async () => {
  const place = { host: "127.0.0.1", port: 0, tls: CERTIFICATE };
  const { server, close } = await openListeningSocket(place, new AbortController().signal);
  // As Node.js tells it 10 s after somebody connected and said nothing.
  const silent = new TLSSocket(new Socket(), { isServer: true });
  server.emit("tlsClientError", new Error("TLS handshake timeout"), silent);
  await once(silent, "close");
  expect(silent.destroyed).toBe(true);
  await close();
});

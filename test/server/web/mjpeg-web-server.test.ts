import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { describe, expect, it } from "vitest";
import { CERTIFICATE } from "../../support/self-signed.js";
import { makeUnits } from "../support/make-units.js";
import { MjpegReader } from "./support/mjpeg-reader.js";
import { WebStage } from "./support/web-stage.js";

describe("/stream.mjpg of a web server", () => {
  it("gives each picture at once over TLS as well", async () => {
    await using web = await WebStage.set({ tls: CERTIFICATE });
    const camera = web.camera();
    const asked = request(`${web.origin}/stream.mjpg`, { rejectUnauthorized: false, agent: false }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    using reader = new MjpegReader(answer);
    const units = makeUnits({ count: 5, codec: "mjpeg", bytes: 200_000 });
    for (const [index, unit] of units.entries()) {
      camera.unit(unit);
      const parts = await reader.arrived(index + 1);
      expect(parts.at(-1)?.data.equals(unit.data)).toBe(true);
    }
  });
});

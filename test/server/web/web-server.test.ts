import { describe, expect, it } from "vitest";
import { makeUnits } from "../support/make-units.js";
import { WebStage } from "./support/web-stage.js";

describe("web server", () => {
  it("serves the page, of which only hashed files are kept by browsers", async () => {
    await using stage = await WebStage.set();
    const page = await stage.fetch("/");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(await page.text()).toContain("<title>page</title>");
    const script = await stage.fetch("/assets/page-1a2b.js");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  it("tells the cameras", async () => {
    await using stage = await WebStage.set();
    const camera = stage.camera("left");
    for (const unit of makeUnits({ count: 3 })) camera.unit(unit);
    expect(await (await stage.fetch("/cameras")).json()).toMatchObject([{ id: "left", state: "starting", viewers: 0 }]);
  });
});

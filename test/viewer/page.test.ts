import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layOutOverlay } from "../../viewer/overlay/overlay-layout.js";
import { commandOf, type KeyPress } from "../../viewer/page/command.js";
import { gridColumns } from "../../viewer/page/grid.js";

const html = readFileSync(new URL("../../viewer/index.html", import.meta.url), "utf8");

function press(key: string, changes: Partial<KeyPress> = {}): ReturnType<typeof commandOf> {
  return commandOf({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...changes });
}

describe("commandOf", () => {
  it.for([
    ["o", "overlays"],
    ["O", "overlays"],
    ["f", "full-screen"],
    ["s", "snapshot"],
    ["r", "record"],
    ["l", "latency"],
    ["0", "all-cameras"],
    ["q", "stop"],
    ["?", "help"],
  ])("%s is %s", ([key, name]) => {
    expect(press(key as string)).toEqual({ name });
  });

  it("has a camera for 1 to 9", () => {
    expect([press("1"), press("9")]).toEqual([
      { name: "camera", index: 0 },
      { name: "camera", index: 8 },
    ]);
  });

  it.for(["a", "Enter", " ", "Tab", "10", "toString", ""])("leaves %j to the browser", (key) => {
    expect(press(key)).toBeUndefined();
  });

  it("leaves keys with Control, Alt and Meta to the browser, and those that are held down", () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }]) {
      expect(press("r", held)).toBeUndefined();
    }
  });
});

describe("the page's document", () => {
  it("has a button for every command, and a line of help for every key", () => {
    const buttons = [...html.matchAll(/data-command="([^"]+)"[^>]*aria-keyshortcuts="([^"]+)"/g)];
    const found = buttons.map(([, name, key]) => [name, press(key ?? "")?.name]);
    expect(found).toHaveLength(7);
    for (const [name, ofKey] of found) expect(name).toBe(ofKey);
    const help = [...html.matchAll(/<kbd>(.)<\/kbd>/g)].map(([, key]) => key);
    expect(help).toEqual(["o", "f", "s", "r", "l", "1", "9", "0", "q", "?"]);
    for (const key of help) expect(press(key ?? "")).toBeDefined();
  });

  it("has nothing inline that the content policy forbids, and nothing of another host", () => {
    expect(html).not.toMatch(/\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=|https?:\/\//);
  });
});

describe("gridColumns", () => {
  it.for([
    [1, 1280, 720, 1],
    [2, 1280, 720, 2],
    [2, 360, 640, 1],
    [3, 1280, 720, 2],
    [3, 3840, 1080, 3],
    [4, 1280, 720, 2],
    [9, 1280, 720, 3],
    [2, 0, 0, 1],
  ] as const)("%d cameras on %d x %d", ([count, width, height, expected]) => {
    expect(gridColumns(count, { width, height })).toBe(expected);
  });
});

describe("layOutOverlay", () => {
  it.for([
    [360, 640],
    [640, 360],
    [180, 320],
    [1280, 720],
    [1920, 2160],
    [3840, 2160],
    [120, 90],
  ] as const)("%d x %d has everything inside, and no instrument over text", ([width, height]) => {
    const { textSize, margin, diameter, graph } = layOutOverlay(width, height);
    expect(textSize).toBeGreaterThanOrEqual(12);
    expect(2 * (diameter + margin)).toBeLessThanOrEqual(width);
    expect(diameter === 0 || diameter >= 64).toBe(true);
    if (diameter > 0) expect(height - margin - diameter).toBeGreaterThanOrEqual(15 * textSize);
    expect(graph.x).toBeGreaterThanOrEqual(0);
    expect(graph.width).toBeLessThanOrEqual(width);
  });

  it("grows with the screen", () => {
    const small = layOutOverlay(1280, 720);
    const large = layOutOverlay(3840, 2160);
    expect(large.textSize / small.textSize).toBeGreaterThan(2.5);
    expect(large.diameter / small.diameter).toBeCloseTo(3, 1);
  });
});

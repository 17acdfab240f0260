import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../viewer/play/retry-delay.js";
import { TransportChoice } from "../../viewer/play/transport-choice.js";
import { wantedTransport } from "../../viewer/play/wanted-transport.js";

describe("TransportChoice", () => {
  it("forgets failures before a picture", () => {
    const choice = new TransportChoice();
    choice.failed("whep");
    choice.worked("whep");
    choice.failed("whep");
    expect(choice.choose(["whep", "mjpeg"])).toBe("whep");
    choice.failed("whep");
    expect(choice.choose(["whep", "mjpeg"])).toBe("mjpeg");
    choice.reset();
    expect(choice.choose(["whep", "mjpeg"])).toBe("whep");
  });

  it("stays with the only one, and has none where there is none", () => {
    const choice = new TransportChoice();
    for (let count = 0; count < 5; count++) choice.failed("mjpeg");
    expect(choice.choose(["mjpeg"])).toBe("mjpeg");
    expect(choice.choose([])).toBeUndefined();
  });
});

describe("wantedTransport", () => {
  it.for([
    ["", undefined],
    ["?transport=whep", "whep"],
    ["?camera=1&transport=mjpeg", "mjpeg"],
    ["?transport=WHEP", undefined],
    ["?transport=toString", undefined],
  ])("%s", ([query, expected]) => {
    expect(wantedTransport(query as string)).toBe(expected);
  });
});

describe("retryDelayMs", () => {
  it("doubles up to 4 s", () => {
    expect([1, 2, 3, 4, 5, 6, 2_000].map((failures) => retryDelayMs(failures, 0))).toEqual([
      ...[250, 500, 1_000, 2_000, 4_000, 4_000, 4_000],
    ]);
  });

  it("adds a quarter at most by chance", () => {
    expect(retryDelayMs(9, 1)).toBe(5_000);
  });
});

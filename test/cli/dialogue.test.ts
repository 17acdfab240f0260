import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Dialogue } from "../../cli/dialogue.js";
import { StreamError } from "../../lib/errors.js";

const even = (answer: string): number => {
  if (Number(answer) % 2 === 0) return Number(answer);
  throw new StreamError("invalid-option", `${answer} is odd`);
};

function terminal() {
  const controller = new AbortController();
  const [input, output] = [new PassThrough(), new PassThrough()];
  return {
    ...{ input, controller },
    dialogue: new Dialogue({ input, output, signal: controller.signal }),
    shown: () => String(output.read() ?? ""),
  };
}

describe("Dialogue", () => {
  it("asks and gives the answer", async () => {
    const { dialogue, input, shown } = terminal();
    const answer = dialogue.ask("How many?", "4", even);
    expect(shown()).toBe("How many? [4]: ");
    input.write(" 12 \r\n");
    expect(await answer).toBe(12);
  });

  it("takes an empty line for what stands in brackets", async () => {
    const { dialogue, input } = terminal();
    input.write("\n");
    expect(await dialogue.ask("How many?", "4", even)).toBe(4);
  });

  it("says what is wrong with an answer, and asks again", async () => {
    const { dialogue, input, shown } = terminal();
    input.write("3\n5\n6\n");
    expect(await dialogue.ask("How many?", "4", even)).toBe(6);
    expect(shown()).toBe("How many? [4]:   3 is odd\nHow many? [4]:   5 is odd\nHow many? [4]: ");
  });

  it("keeps lines that are pasted for the next questions", async () => {
    const { dialogue, input } = terminal();
    input.end("2\n8\n10");
    const answers = [await dialogue.ask("a", "4", even), await dialogue.ask("b", "4", even)];
    expect([...answers, await dialogue.ask("c", "4", even)]).toEqual([2, 8, 10]);
  });

  it("fails where the input ends", async () => {
    const { dialogue, input } = terminal();
    input.end();
    await expect(dialogue.ask("How many?", "4", even)).rejects.toMatchObject({ code: "closed", retryable: false });
  });

  it("ends with the signal's reason, and leaves the input to others", async () => {
    const { dialogue, input, controller } = terminal();
    const answer = dialogue.ask("How many?", "4", even);
    controller.abort("enough");
    await expect(answer).rejects.toBe("enough");
    expect(input.isPaused()).toBe(true);
    await expect(dialogue.ask("How many?", "4", even)).rejects.toBe("enough");
  });

  it("passes a mistake in the program on", async () => {
    const { dialogue, input } = terminal();
    input.write("1\n");
    const broken = (): never => {
      throw new TypeError("a mistake");
    };
    await expect(dialogue.ask("How many?", "4", broken)).rejects.toThrow(TypeError);
  });
});

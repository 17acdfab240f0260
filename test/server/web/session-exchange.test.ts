import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { answerCreated } from "../../../server/web/session-exchange.js";

/** An answer that nobody reads. */
class Response extends EventEmitter {
  destroyed = false;
  writableFinished = false;
  writeHead(): void {}
  end(): void {}
}

function answer(response: Response): () => number {
  let left = 0;
  const leave = (): void => void left++;
  const session = { location: "/whip/left/1", etag: '"1"', answer: "v=0\r\n", leave };
  answerCreated(response as unknown as ServerResponse, session);
  return () => left;
}

it("a session is ended whose creator leaves before it is answered", () => {
  const response = new Response();
  response.destroyed = true;
  expect(answer(response)()).toBe(1);
});

it.each([
  [false, 1],
  [true, 0],
])("a session is ended whose creator leaves while it is answered, not afterwards: finished %s", (finished, ended) => {
  const response = new Response();
  const left = answer(response);
  response.writableFinished = finished;
  response.emit("close");
  expect(left()).toBe(ended);
});

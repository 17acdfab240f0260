import { build, reduce } from "./pickle-calls.js";
import { PickleCursor } from "./pickle-cursor.js";
import { knownName, MAX_NAME_BYTES } from "./pickle-names.js";
import { OPCODE } from "./pickle-opcodes.js";
import { PickleStack } from "./pickle-stack.js";
import type { PickledBytes, PickledText, PickleValue } from "./pickle-value.js";
import { refusedPickle } from "./refused-pickle.js";

/** No array of uint8 needs half as many. They bound the stack, the memo and the time. */
const MAX_STEPS = 128;
/** Enough for a name that is too long to be seen as such. */
const MAX_LINE_BYTES = MAX_NAME_BYTES + 1;

type Step = (stack: PickleStack, cursor: PickleCursor) => void;

/** What each opcode does; no array of uint8 needs another. */
const STEPS: Readonly<Record<number, Step>> = {
  [OPCODE.FRAME]: (_stack, cursor) => checkFrame(cursor),
  [OPCODE.NONE]: (stack) => stack.push(null),
  [OPCODE.NEWTRUE]: (stack) => stack.push(true),
  [OPCODE.NEWFALSE]: (stack) => stack.push(false),
  [OPCODE.BININT1]: (stack, cursor) => stack.push(cursor.uint8()),
  [OPCODE.BININT2]: (stack, cursor) => stack.push(cursor.uint16()),
  [OPCODE.BININT]: (stack, cursor) => stack.push(cursor.int32()),
  [OPCODE.SHORT_BINBYTES]: (stack, cursor) => stack.push(bytes(cursor.take(cursor.uint8()))),
  [OPCODE.BINBYTES]: (stack, cursor) => stack.push(bytes(cursor.take(cursor.uint32()))),
  [OPCODE.BYTEARRAY8]: (stack, cursor) => stack.push(bytes(cursor.take(cursor.uint64()))),
  [OPCODE.SHORT_BINUNICODE]: (stack, cursor) => stack.push(text(cursor.take(cursor.uint8()))),
  [OPCODE.BINUNICODE]: (stack, cursor) => stack.push(text(cursor.take(cursor.uint32()))),
  [OPCODE.MARK]: (stack) => stack.mark(),
  [OPCODE.TUPLE]: (stack) => stack.tuple(),
  [OPCODE.TUPLE1]: (stack) => stack.tuple(1),
  [OPCODE.TUPLE2]: (stack) => stack.tuple(2),
  [OPCODE.TUPLE3]: (stack) => stack.tuple(3),
  [OPCODE.BINPUT]: (stack, cursor) => stack.memoise(cursor.uint8()),
  [OPCODE.MEMOIZE]: (stack) => stack.memoise(),
  [OPCODE.BINGET]: (stack, cursor) => stack.recall(cursor.uint8()),
  [OPCODE.GLOBAL]: (stack, cursor) => pushName(stack, [cursor.line(MAX_LINE_BYTES), cursor.line(MAX_LINE_BYTES)]),
  [OPCODE.STACK_GLOBAL]: (stack) => pushName(stack, popTexts(stack)),
  [OPCODE.REDUCE]: (stack) => combine(stack, reduce),
  [OPCODE.BUILD]: (stack) => combine(stack, build),
};

/**
 * Walks through the opcodes of a pickle of protocols 2 to 5 and returns what stands at its end. Names stay words: nothing
 * is executed, imported or looked up, and nothing copied. Each call takes a bounded number of steps.
 *
 * @throws StreamError `invalid-data` at the first thing that an array of uint8 does not need
 */
export function walkPickle(pickle: Buffer): PickleValue {
  const cursor = new PickleCursor(pickle);
  checkProtocol(cursor);
  const stack = new PickleStack();
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const opcode = cursor.uint8();
    if (opcode === OPCODE.STOP) {
      if (cursor.left > 0) throw refusedPickle(`with ${cursor.left} bytes behind its end`);
      return stack.popLast();
    }
    const step = STEPS[opcode];
    if (!step) throw refusedPickle(`with the opcode 0x${opcode.toString(16).padStart(2, "0")}`);
    step(stack, cursor);
  }
  throw refusedPickle(`with more than ${MAX_STEPS} opcodes`);
}

function checkProtocol(cursor: PickleCursor): void {
  const [opcode, protocol] = [cursor.uint8(), cursor.uint8()];
  if (opcode !== OPCODE.PROTO || protocol < 2 || protocol > 5) throw refusedPickle("of no protocol from 2 to 5");
}

/** A frame's opcodes are read as all others are; but it must be there. */
function checkFrame(cursor: PickleCursor): void {
  if (cursor.uint64() > cursor.left) throw refusedPickle("that ends too early");
}

function bytes(data: Buffer): PickledBytes {
  return { kind: "bytes", data, isUtf8: false };
}

function text(utf8: Buffer): PickledText {
  return { kind: "text", utf8 };
}

function pushName(stack: PickleStack, [module, name]: readonly [Buffer, Buffer]): void {
  stack.push({ kind: "name", name: knownName(module, name) });
}

function popTexts(stack: PickleStack): [Buffer, Buffer] {
  const [name, module] = [textOf(stack.pop()), textOf(stack.pop())];
  return [module, name];
}

function textOf(value: PickleValue): Buffer {
  const isText = typeof value === "object" && value !== null && "kind" in value && value.kind === "text";
  if (!isText) throw refusedPickle("with a name that is no text");
  return value.utf8;
}

/** Both REDUCE and BUILD put the result in the place of two values. */
function combine(stack: PickleStack, how: (below: PickleValue, top: PickleValue) => PickleValue): void {
  const top = stack.pop();
  stack.push(how(stack.pop(), top));
}

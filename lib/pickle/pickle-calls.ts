import type { PickleName } from "./pickle-names.js";
import type { PickledArray, PickleValue } from "./pickle-value.js";
import { refusedPickle } from "./refused-pickle.js";

type Arguments = readonly PickleValue[];

/** What the state of uint8 is: version, byte order, no fields, no size or alignment of its own, no flags. */
const UINT8_STATE = [3, "|", null, null, null, -1, -1, 0] as const;

/** What a call comes to, without the call; undefined where an array of uint8 makes no such call. */
const CALLS: Record<PickleName, (args: Arguments) => PickleValue | undefined> = {
  encode: (args) => {
    const [text] = args;
    const isText = isKind(text, "text") && args.length === 2 && isWord(args[1], "latin1");
    return isText ? { kind: "bytes", data: text.utf8, isUtf8: true } : undefined;
  },
  bytearray: (args) => (args.length === 1 && isKind(args[0], "bytes") ? args[0] : undefined),
  dtype: (args) => {
    const [type, align, copy] = args;
    const isUint8 = args.length === 3 && (isWord(type, "u1") || isWord(type, "|u1"));
    // Older numpys write 0 and 1.
    const isPlain = (align === false || align === 0) && (copy === true || copy === 1);
    return isUint8 && isPlain ? { kind: "element-type", isUint8: false } : undefined;
  },
  reconstruct: (args) => {
    const [type, shape, code] = args;
    const isArray = args.length === 3 && isKind(type, "name") && type.name === "ndarray";
    const isEmpty = isTuple(shape) && shape.length === 1 && shape[0] === 0 && isKind(code, "bytes");
    return isArray && isEmpty ? { kind: "array", length: 0 } : undefined;
  },
  frombuffer: (args) => {
    const [content, type, shape, order] = args;
    return args.length === 4 && isWord(order, "C") ? arrayOf({ content, type, shape }) : undefined;
  },
  ndarray: () => undefined,
};

/**
 * What REDUCE puts in the place of a name and its arguments.
 * @throws StreamError `invalid-data` where an array of uint8 needs no such call
 */
export function reduce(callable: PickleValue, args: PickleValue): PickleValue {
  if (!isKind(callable, "name") || !isTuple(args)) throw refusedPickle("that calls what is no name");
  const result = CALLS[callable.name](args);
  if (result === undefined) throw refusedPickle(`that calls ${callable.name} as no array of uint8 does`);
  return result;
}

/**
 * What BUILD puts in the place of a thing and its state.
 * @throws StreamError `invalid-data` where neither an array nor its type has such a state
 */
export function build(thing: PickleValue, state: PickleValue): PickleValue {
  const built = isTuple(state) ? builtFrom(thing, state) : undefined;
  if (built === undefined) throw refusedPickle("with a state that no array of uint8 has");
  return built;
}

function builtFrom(thing: PickleValue, state: Arguments): PickleValue | undefined {
  if (isKind(thing, "element-type")) {
    const isUint8 = state.length === UINT8_STATE.length && UINT8_STATE.every((value, i) => isEqual(state[i], value));
    return isUint8 ? { kind: "element-type", isUint8 } : undefined;
  }
  const [version, shape, type, isFortran, content] = state;
  const isPlain = isKind(thing, "array") && state.length === 5 && version === 1 && isFortran === false;
  return isPlain ? arrayOf({ content, type, shape }) : undefined;
}

type Parts = Record<"content" | "type" | "shape", PickleValue | undefined>;

function arrayOf({ content, type, shape }: Parts): PickledArray | undefined {
  const isUint8 = isKind(type, "element-type") && type.isUint8;
  if (!isUint8 || !isKind(content, "bytes") || !isTuple(shape)) return undefined;
  const [length] = shape;
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  return isColumn && typeof length === "number" ? { kind: "array", content, length } : undefined;
}

type Kind = Extract<PickleValue, { kind: string }>["kind"];

function isKind<K extends Kind>(value: PickleValue | undefined, kind: K): value is Extract<PickleValue, { kind: K }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

function isTuple(value: PickleValue | undefined): value is Arguments {
  return Array.isArray(value);
}

function isWord(value: PickleValue | undefined, word: string): boolean {
  return isKind(value, "text") && value.utf8.length === word.length && value.utf8.toString("latin1") === word;
}

function isEqual(value: PickleValue | undefined, expected: string | number | null): boolean {
  return typeof expected === "string" ? isWord(value, expected) : value === expected;
}

import type { PickleValue } from "./pickle-value.js";
import { refusedPickle } from "./refused-pickle.js";

/** The stack of a pickle that is read, with its marks and its memo. Each step adds at most one value to each. */
export class PickleStack {
  readonly #values: PickleValue[] = [];
  /** How many values stood there when each mark was set. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  push(value: PickleValue): void {
    this.#values.push(value);
  }

  /** @throws StreamError `invalid-data` where nothing stands above the last mark */
  pop(): PickleValue {
    const top = this.top;
    this.#values.pop();
    return top;
  }

  /** @throws StreamError `invalid-data` where other values or marks are left: then the last one is not what was meant */
  popLast(): PickleValue {
    const last = this.pop();
    if (this.#values.length > 0 || this.#marks.length > 0) throw refusedPickle("that leaves something over");
    return last;
  }

  /** @throws StreamError `invalid-data` where nothing stands above the last mark */
  get top(): PickleValue {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0)) throw refusedPickle("that takes more than it has");
    return this.#values.at(-1) as PickleValue;
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Puts the topmost `count` values, or all above the last mark, together. */
  tuple(count?: number): void {
    const start = count === undefined ? this.#marks.pop() : this.#values.length - count;
    if (start === undefined || start < (this.#marks.at(-1) ?? 0)) throw refusedPickle("that takes more than it has");
    this.#values.push(this.#values.splice(start));
  }

  /** Remembers the topmost value, by the next free number unless told. */
  memoise(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw refusedPickle("that recalls what it never had");
    this.#values.push(value);
  }
}

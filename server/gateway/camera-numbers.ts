/**
 * Numbers of cameras, from 0 on. A camera that comes back has its number again, unless so many others came meanwhile
 * that there was no other left.
 */
export class CameraNumbers {
  readonly #most: number;
  readonly #numbers = new Map<string, number>();
  /** The one that has been away longest first. */
  readonly #away = new Set<string>();

  /** @param most how many cameras there are at a time, and numbers */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of a camera that is there from now on. There must be room for it. */
  take(id: string): number {
    this.#away.delete(id);
    const number = this.#numbers.get(id) ?? this.#next();
    this.#numbers.set(id, number);
    return number;
  }

  /** The camera is gone. */
  leave(id: string): void {
    this.#away.add(id);
  }

  #next(): number {
    if (this.#numbers.size < this.#most) return this.#numbers.size;
    const [oldest = ""] = this.#away;
    const number = this.#numbers.get(oldest) ?? this.#most;
    this.#numbers.delete(oldest);
    this.#away.delete(oldest);
    return number;
  }
}

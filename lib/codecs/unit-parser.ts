/**
 * Turns bytes from a transport into access units, which it writes to a {@link UnitSink} given at construction.
 * A parser owns no timers and no sockets: its owner says what time it is and when the bytes stopped coming.
 */
export interface UnitParser {
  /**
   * Takes the next bytes (any chunking for byte streams, one datagram for packet protocols) and emits every
   * access unit whose end is known by now. The parser may keep views of `bytes`: do not write to it afterwards.
   *
   * @param nowMs monotonic milliseconds at which `bytes` arrived
   */
  push(bytes: Buffer, nowMs: number): void;
  /**
   * The bytes stopped coming: what is held is a whole access unit, if it can be one.
   *
   * @param nowMs monotonic milliseconds
   */
  flush(nowMs: number): void;
  /** Whether bytes of an unfinished access unit are held, so that a flush could emit something. */
  readonly pending: boolean;
  /** How often a flush proved wrong: the bytes after it went on with the same access unit. */
  readonly misfires: number;
  /** Where more than silence decides: when the next flush is due, monotonic milliseconds; undefined when none is. */
  nextDeadlineMs?(): number | undefined;
}

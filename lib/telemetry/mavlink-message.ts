/** 64-bit integers are decimal text; NaN and infinities are null; text fields end before their first zero byte. */
export type MavlinkValue = number | string | null | (number | string | null)[];

/** One MAVLink message, decoded. */
export interface MavlinkMessage {
  id: number;
  /** As the dialect names it, such as `ATTITUDE`; null for one that is in no dialect we know. */
  name: string | null;
  systemId: number;
  componentId: number;
  /** Counts the packets of one component; 8 bits, wraps. */
  sequence: number;
  /** Of the protocol. */
  version: 1 | 2;
  /** Whether it carried a signature, which is not verified. */
  signed: boolean;
  /** By the dialect's names, such as `time_boot_ms`; empty where `name` is null. */
  fields: Record<string, MavlinkValue>;
  /** The payload in hexadecimal; only where `name` is null, whose checksum cannot be verified. */
  payload?: string;
  /** When it was here, milliseconds since the epoch by the sender's clock. */
  atMs: number;
}

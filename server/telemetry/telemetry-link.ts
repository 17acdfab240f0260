/** Who sent bytes, and takes an answer. */
export interface LinkPeer {
  /** Sends one packet, or drops it where the link takes none now. */
  send(packet: Buffer): void;
}

/** What a link tells its owner. */
export interface LinkSink {
  /** It is open. `peer` is who can be spoken to before anything was heard; undefined where that is nobody. */
  opened(peer: LinkPeer | undefined): void;
  /** One datagram: all that its packets are in it. */
  datagram(bytes: Buffer, peer: LinkPeer): void;
  /** The next bytes of a stream. */
  stream(bytes: Buffer, peer: LinkPeer): void;
}

/** A way to a vehicle. It never retries: its owner runs it again. */
export interface TelemetryLink {
  /**
   * Opens it, and stays until the signal aborts or it fails; leaves nothing behind.
   * @throws StreamError that says why
   */
  run(sink: LinkSink, signal: AbortSignal): Promise<void>;
}

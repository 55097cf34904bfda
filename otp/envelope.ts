/**
 * What a message can carry besides itself.
 *
 * @module
 */

/**
 * Travels beside a message: claims, a trace context, a deadline. Plain data,
 * shared within a thread and copied between schedulers. The receiver sees it
 * only when it asks; see {@linkcode Context.metadata}.
 */
export type Metadata = Readonly<Record<string, unknown>>;

/** How a message is sent. */
export interface SendOptions {
  /** What travels with it. */
  readonly metadata?: Metadata | undefined;
  /**
   * Whether it goes in front of ordinary messages, behind the priority messages
   * before it. It does so only by an alias that was made for it, see
   * {@linkcode AliasOptions.priority}; by any other pid it is an ordinary one.
   *
   * @see Erlang `erlang:send/3`, EEP 76.
   */
  readonly priority?: boolean | undefined;
}

/** A message in a mailbox that is not just itself. */
export class Envelope {
  /** The message. */
  readonly message: unknown;
  /** What travels with it. */
  readonly metadata: Metadata | undefined;
  /** Whether it is a signal of the system, which no policy sheds. */
  readonly isSystem: boolean;

  // Tells an envelope from all else without a trap of a proxy.
  readonly #isEnvelope = true;

  /** Whether what waits in a mailbox is an envelope. Takes anything. */
  static is(item: unknown): item is Envelope {
    return typeof item === "object" && item !== null && #isEnvelope in item;
  }

  /** Wraps a message. */
  constructor(
    message: unknown,
    metadata: Metadata | undefined,
    isSystem = false,
  ) {
    this.message = message;
    this.metadata = metadata;
    this.isSystem = isSystem;
  }
}

/** What the receiver sees of what waits in a mailbox. */
export function messageIn(item: unknown): unknown {
  return Envelope.is(item) ? item.message : item;
}

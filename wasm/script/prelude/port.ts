/**
 * What calls between processes need of the process that they are made in.
 *
 * @module
 */

/** A message: bytes, or the text that they are in UTF-8. */
export type Message = Uint8Array | string;

/** A process, as {@linkcode Exchange} sees it. Pids are in decimal. */
export interface Port {
  /** The pid of the process. */
  self(): string;
  /** Sends text as UTF-8. False when it is known not to arrive. */
  send(to: string, text: string): boolean;
  /** A message as text. */
  text(message: Message): string;
  /** A message as it was sent. */
  bytes(message: Message): Uint8Array;
  /**
   * Waits for the next message, and blocks nothing: `take` gets it, once, in a turn
   * of its own. At most one wait is under way.
   */
  listen(take: (message: Message) => void): void;
  /** Gives up the wait. No message is lost, and nothing is called any more. */
  cancel(): void;
  /** The next message if there is one; null when none waits. */
  poll(): Uint8Array | null;
  /** Puts the message that came last aside, with the claims that it came with. */
  stash(message: Message): void;
  /** Puts what was put aside in front of what waits, in order. */
  unstash(): void;
  /** Monitors a process. Undefined when the profile does not grant it. */
  monitor(pid: string): number | undefined;
  /** Ends a monitor; what it has told and was not received is lost. */
  demonitor(ref: number): void;
  /** Opens a stream. Resolves to undefined when nobody takes it. */
  open(to: string): Promise<WriteEnd | undefined>;
  /** Waits for the next stream that `from` opens. Waits of the same `from` are served in order. */
  accept(from: string): Accepting;
  /** Calls `callback` once, in `ms` milliseconds. Returns what ends it. */
  after(ms: number, callback: () => void): () => void;
  /** What went wrong, in a sentence, whatever was thrown. */
  messageOf(thrown: unknown): string;
  /** Tells the log of what nobody else is told of. */
  warn(text: string): void;
}

/** A wait for a stream. */
export interface Accepting {
  /** Null when the wait is given up. */
  readonly stream: Promise<ReadEnd | null>;
  /** Gives it up. */
  cancel(): void;
}

/** The end of a stream that bytes come out of. */
export interface ReadEnd {
  /** Waits for a piece; null at the end. */
  read(): Promise<Uint8Array | null>;
  /** Whether the end was found because the process that writes has ended. */
  readonly isBroken: boolean;
  /** Gives the stream up. Idempotent. */
  close(): void;
}

/** The end of a stream that bytes go into. */
export interface WriteEnd {
  /** Writes text as UTF-8, and waits for room. False when nobody reads any more. */
  write(text: string): Promise<boolean>;
  /** Ends the stream. Idempotent. */
  close(): void;
}

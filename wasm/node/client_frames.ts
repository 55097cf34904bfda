/**
 * Frames of the client of a connection, on their way to its process.
 *
 * @module
 */

import type { Context, Pid } from "@rusm/otp";
import { CLIENT_BYTES_PER_WORD, CLIENT_FRAMES_PER_WORD } from "./limits.ts";

/** A data frame of a client. The process receives its bytes. */
export interface ClientFrame {
  /** The tag. */
  readonly type: "frame";
  /** Who is told when it was taken. */
  readonly teller: Pid<FrameTaken>;
  /** Whether it is text, which is UTF-8, and not binary. */
  readonly isText: boolean;
  /** What is in it. */
  readonly bytes: Uint8Array;
}

/** Word of a process that it has taken frames out of its mailbox. */
export interface FrameTaken {
  /** The tag. */
  readonly type: "taken";
  /** The process. */
  readonly pid: Pid;
  /** How many frames, since the last word; at least 1. */
  readonly count: number;
  /** Bytes in them. */
  readonly bytes: number;
}

/** Whether a message is a frame of a client. Takes anything. */
export function isClientFrame(message: unknown): message is ClientFrame {
  return (message as Partial<ClientFrame> | null)?.type === "frame";
}

/**
 * The frames that one process has taken.
 *
 * Not each is told: word goes out after `CLIENT_FRAMES_PER_WORD` of them or
 * `CLIENT_BYTES_PER_WORD`, so whoever sends must let more than that be under way.
 */
export class ClientFrames {
  /** Whether what the process received last is a text frame. */
  isText = false;
  readonly #self: Pick<Context<never>, "pid" | "runtime">;
  #count = 0;
  #bytes = 0;

  /** None was taken yet. */
  constructor(self: Pick<Context<never>, "pid" | "runtime">) {
    this.#self = self;
  }

  /** Notes a message that the process takes. */
  took(message: unknown): void {
    this.isText = isClientFrame(message) && message.isText;
    if (!isClientFrame(message)) return;
    this.#count++;
    this.#bytes += message.bytes.length;
    const isDue = this.#count >= CLIENT_FRAMES_PER_WORD ||
      this.#bytes >= CLIENT_BYTES_PER_WORD;
    if (isDue) this.#tell(message.teller);
  }

  #tell(teller: Pid<FrameTaken>): void {
    const { pid, runtime } = this.#self;
    const [count, bytes] = [this.#count, this.#bytes];
    this.#count = this.#bytes = 0;
    runtime.send(teller, { type: "taken", pid, count, bytes });
  }
}

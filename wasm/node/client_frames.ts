/**
 * Frames of the client of a connection, on their way to its process.
 *
 * Most of them are messages as any other: text a string, binary bytes. One in
 * many is a {@linkcode ClientFrame}, which is told of when it is taken. Since
 * messages of one sender are taken in order, all before it have been, too.
 *
 * @module
 */

import type { Context, Pid } from "@rusm/otp";

/** A data frame of a client, which is told of. The process receives its bytes. */
export interface ClientFrame {
  /** The tag. */
  readonly type: "frame";
  /** Whether it is text, which is UTF-8, and not binary. */
  readonly isText: boolean;
  /** What is in it. */
  readonly bytes: Uint8Array;
  /** Who is told when it was taken. */
  readonly teller: Pid<FrameTaken>;
  /** What is said then: frames since the last that was told of, with it. */
  readonly count: number;
  /** Bytes in those. */
  readonly total: number;
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

/** Whether a message is a frame that is told of. Takes anything. */
export function isClientFrame(message: unknown): message is ClientFrame {
  return (message as Partial<ClientFrame> | null)?.type === "frame";
}

/** Notes that a process takes a message: tells of it if it is to be told of. */
export function noteTaken(
  { pid, runtime }: Pick<Context<never>, "pid" | "runtime">,
  message: unknown,
): void {
  if (!isClientFrame(message)) return;
  const { teller, count, total: bytes } = message;
  runtime.send(teller, { type: "taken", pid, count, bytes });
}

/** Whether a message is text: a text frame of a client, or a string of a process. */
export function isTextMessage(message: unknown): boolean {
  return typeof message === "string" ||
    isClientFrame(message) && message.isText;
}

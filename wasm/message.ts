/**
 * What a guest is sent, and what it answers.
 *
 * All of it is plain data: it crosses threads.
 *
 * @module
 */

import { type Down, type ExitMessage, type ExitReason, Pid } from "@rusm/otp";
import { type ClientFrame, isClientFrame } from "./node/client_frames.ts";

/** What a Wasm process accepts. */
export type GuestMessage = Uint8Array | string | GuestRequest | ClientFrame;

/** One request, answered by one {@linkcode GuestReply} or by the end of the process. */
export interface GuestRequest {
  /** The tag. */
  readonly type: "request";
  /** Who awaits the answer: a pid as a u64 in decimal. */
  readonly from: string;
  /** JSON of a {@linkcode RequestHead}. */
  readonly head: string;
  /** The whole body; null for none. */
  readonly body: Uint8Array | null;
  /** Whether there is a body that comes in pieces, each when `from` is asked for it; absent when not. */
  readonly isStreamed?: true;
}

/** The answer to a {@linkcode GuestRequest}. */
export interface GuestReply {
  /** The tag. */
  readonly type: "reply";
  /** JSON of a {@linkcode ReplyHead}. The guest made it: it can hold anything. */
  readonly head: string;
  /** The whole body; null for none. */
  readonly body: Uint8Array | null;
}

/** Whether a message is a request. Takes anything: a sender may have lied to the types. */
export function isRequest(message: GuestMessage): message is GuestRequest {
  return (message as Partial<GuestRequest> | null)?.type === "request";
}

const encoder = new TextEncoder();

/**
 * A message as the bytes that a guest receives: text in UTF-8, a frame as what is
 * in it, a request as JSON without its body, the end of a process that it monitors as
 * `{"__down":"<pid>","reason":"<word>"}`, and an exit signal that it traps as
 * `{"__exit":"<pid>","reason":"<word>"}`, in which the pid is null when no process
 * asked.
 *
 * @throws {TypeError} It is none of them.
 */
export function bytesOf(
  message: GuestMessage | Down | ExitMessage,
): Uint8Array {
  if (message instanceof Uint8Array) return message;
  if (typeof message === "string") return encoder.encode(message);
  if (isClientFrame(message)) return message.bytes;
  if (isDown(message)) return encoder.encode(downText(message));
  if (isExit(message)) return encoder.encode(exitText(message));
  if (!isRequest(message)) {
    throw new TypeError(
      `Cannot receive what is neither bytes nor text: ${typeof message}`,
    );
  }
  const { type, from, head } = message;
  return encoder.encode(JSON.stringify({ type, from, head }));
}

function isDown(message: object): message is Down {
  const { type, pid } = (message ?? {}) as Partial<Down>;
  return type === "down" && pid instanceof Pid;
}

function isExit(message: object): message is ExitMessage {
  const { type, from } = (message ?? {}) as Partial<ExitMessage>;
  return type === "exit" && (from === undefined || from instanceof Pid);
}

function exitText({ from, reason }: ExitMessage): string {
  const pid = from === undefined ? null : `${from.toBigInt()}`;
  return JSON.stringify({ __exit: pid, reason: reasonWord(reason) });
}

function downText({ pid, reason }: Down): string {
  const text = { __down: `${pid.toBigInt()}`, reason: reasonWord(reason) };
  return JSON.stringify(text);
}

/** Why a process ended, as guests are told. */
export type ReasonWord = "normal" | "killed" | "crashed" | "noproc";

/**
 * The word that guests have for a reason.
 *
 * | reason | word |
 * | --- | --- |
 * | `"normal"` | `normal` |
 * | `"killed"`, `"kill"`, `"shutdown"`: another ended it | `killed` |
 * | `"noproc"`, `"noconnection"`: it cannot be reached | `noproc` |
 * | a crash, a limit, a reason of the program's own | `crashed` |
 */
export function reasonWord(reason: ExitReason): ReasonWord {
  switch (reason) {
    case "normal":
      return "normal";
    case "killed":
    case "kill":
    case "shutdown":
      return "killed";
    case "noproc":
    case "noconnection":
      return "noproc";
    default:
      return "crashed";
  }
}

/**
 * Operations that are started now and answered later.
 *
 * @module
 */

import { callHost, guestFrames, makeError } from "./host.ts";
import { type HostValue, OPS } from "../ops.ts";

/** What a started operation settles with. */
export interface Settled {
  /** As `OPS` has it for the operation. */
  head: string | null;
  /** Owned by the receiver. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

/** A started operation. */
export interface Operation {
  /** Names it towards the host. */
  id: number;
  /** Rejects with the host's error, whose stack is that of the caller. */
  settled: Promise<Settled>;
}

interface Pending {
  resolve(settled: Settled): void;
  reject(error: unknown): void;
  /** Where it was started. */
  at: Error;
}

/** Takes a message, as text or as bytes. */
type Take = (head: string | null, bytes: Uint8Array | null) => void;

const pending = new Map<number, Pending>();
let lastId = 0;

// The message that is waited for. In no map: guest code can replace the
// methods of those, and would be given what takes the mail of its calls.
let mailId = 0;
let takeMail: Take | undefined;

/** An id that no operation and no timer of this process has had. */
export function nextId(): number {
  return ++lastId;
}

/**
 * Starts an operation.
 *
 * @throws {Error} The host refused at once.
 */
export function startOperation(
  operation: number,
  first?: HostValue,
  second?: HostValue,
): Operation {
  const id = nextId();
  const { promise, resolve, reject } = Promise.withResolvers<Settled>();
  callHost(operation, id, first, second);
  pending.set(id, { resolve, reject, at: new Error() });
  return { id, settled: promise };
}

/**
 * Waits for a message, which `take` gets: no promise stands in between.
 *
 * @throws {TypeError} A wait is under way already.
 */
export function startMail(take: Take): void {
  const id = nextId();
  callHost(OPS.mail, id);
  mailId = id;
  takeMail = take;
}

/** Gives the wait for a message up. */
export function cancelMail(): void {
  callHost(OPS.mailCancel, mailId);
  takeMail = undefined;
}

/** Rejects an operation with `reason`; its answer is then ignored. */
export function abandonOperation(id: number, reason: unknown): void {
  pending.get(id)?.reject(reason);
  pending.delete(id);
}

/** Settles an operation with nothing; its answer is then ignored. */
export function giveUpOperation(id: number): void {
  settle(id, null, null, null);
}

/** See `GuestEntry.settle`. */
export function settle(
  id: number,
  errorName: string | null,
  head: string | null,
  bytes: Uint8Array<ArrayBuffer> | null,
): void {
  if (id === mailId) return settleMail(head, bytes);
  const entry = pending.get(id);
  if (entry === undefined) return;
  pending.delete(id);
  if (errorName === null) return entry.resolve({ head, bytes });
  const stack = guestFrames(String(entry.at.stack));
  entry.reject(makeError(errorName, head ?? "", stack));
}

function settleMail(head: string | null, bytes: Uint8Array | null): void {
  const take = takeMail;
  takeMail = undefined;
  take?.(head, bytes);
}

/**
 * Operations that are started now and answered later.
 *
 * @module
 */

import { callHost, guestStack, makeError } from "./host.ts";
import type { HostValue } from "../ops.ts";

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
  stack: string;
}

const pending = new Map<number, Pending>();
let lastId = 0;

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
  pending.set(id, { resolve, reject, stack: guestStack() });
  return { id, settled: promise };
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
  const entry = pending.get(id);
  if (entry === undefined) return;
  pending.delete(id);
  if (errorName === null) entry.resolve({ head, bytes });
  else entry.reject(makeError(errorName, head ?? "", entry.stack));
}

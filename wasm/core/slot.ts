/**
 * Who has an instance.
 *
 * An instance outlives the process that has it, and all instances have the same
 * imports: host functions reach the process through the slot, which they are
 * given at each call.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import type { Context } from "@rusm/otp";
import type { GuestMessage } from "../message.ts";
import type { GuestMemory, Wasip1State } from "../wasi/p1.ts";
import type { Command } from "./command.ts";
import type { Log } from "./stdio.ts";
import type { GuestStreams } from "./streams.ts";

/**
 * Where a message goes. An object, since one waits with each guest: a function
 * and its scope take more than twice as much.
 */
export interface Delivery<Value> {
  /** Takes the message, in the turn of the process. Returns what the guest is told. */
  give(message: Uint8Array): Value;
}

/** A process, as host functions see it. */
export interface Guest {
  /** What it acts with. */
  readonly self: Context<GuestMessage>;
  /** What it may do. */
  readonly capability: Capability;
  /** Whether the process has ended, and the guest only has not noticed. */
  readonly isStopped: boolean;
  /** The streams that it has. */
  readonly streams: GuestStreams;
  /** What it is to WASI preview 1. */
  readonly wasip1: Wasip1State;
  /** What it was started with. */
  readonly command: Command;
  /** Takes what it logs. */
  readonly log: Log;

  /**
   * Takes its next message.
   *
   * @param timeoutMs Waits for ever when undefined.
   * @returns Undefined when none came in time.
   * @throws {GuestStopped} The process has ended.
   */
  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /**
   * Asks for a name, which is taken when another process of the node has it.
   *
   * @throws {GuestStopped} The process has ended.
   */
  register(name: string): boolean | Promise<boolean>;

  /** The same, but without waiting: a promise is for `wait`. */
  claim(name: string): boolean | Promise<boolean>;

  /**
   * Takes its next message, and waits for it for ever.
   *
   * @returns What `give` of the delivery returned. A promise of it is rejected with nothing that
   * a guest can catch.
   * @throws {GuestStopped} The process has ended.
   */
  receiveInto<Value>(delivery: Delivery<Value>): Value | Promise<Value>;

  /**
   * Takes its next message, as `receive` does, but without waiting: a promise
   * is for `wait`.
   */
  next(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /** Whether it must end (1) or may go on (0), when its time was up. */
  overrun(): number | Promise<number>;

  /**
   * The same, where frames of JavaScript lie above it, so that it cannot be
   * suspended. What takes long there must end.
   */
  overrunBelow(): number;

  /**
   * Waits for something that is not the process's own, without keeping others
   * from their turn.
   *
   * @param isFree Whether its allowance of CPU time begins anew; true when absent.
   * @throws {GuestStopped} The process has ended meanwhile.
   */
  wait<Value>(value: Promise<Value>, isFree?: boolean): Promise<Value>;
}

/** An instance, as host functions see it. */
export interface Slot {
  /**
   * Who has it.
   *
   * @throws {TypeError} Nobody has.
   */
  readonly guest: Guest;

  /**
   * Its memory, as bytes. It is another one after it has grown.
   *
   * @throws {TypeError} It has none.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;

  /** Its memory, as WASI preview 1 sees it. */
  readonly wasip1Memory: GuestMemory;
}

/** Takes who calls, and takes and gives what Wasm does: numbers, and big integers for 64 bits. */
export type HostFunction = (
  slot: Slot,
  ...args: never[]
) => number | bigint | void | Promise<number | bigint | void>;

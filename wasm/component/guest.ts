/**
 * A process, as the functions of the host see it.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Command } from "../core/core_process.ts";
import type { Guest } from "../core/slot.ts";
import type { Log } from "../core/stdio.ts";
import type { GuestMessage } from "../message.ts";
import type { HostGuest, HostState } from "./host.ts";

/** Something of a process, and what it is closed by. */
interface Kept {
  readonly value: unknown;
  readonly close: () => void;
}

/** A process that has an instance. */
export class ComponentGuest implements HostGuest {
  /** The process. */
  readonly process: Guest;
  readonly capability: Capability;
  #states: Map<HostState<unknown>, Kept> | undefined;
  // Whether the next wait is for a look at the mailbox.
  #isLooking = false;

  /** Holds nothing yet. */
  constructor(process: Guest) {
    this.process = process;
    this.capability = process.capability;
  }

  get self(): Context<GuestMessage> {
    return this.process.self;
  }

  get command(): Command {
    return this.process.command;
  }

  get log(): Log {
    return this.process.log;
  }

  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const message = this.process.next(timeoutMs);
    // Who only looks could look for ever.
    this.#isLooking = timeoutMs === 0 && message instanceof Promise;
    return message;
  }

  register(name: string): boolean | Promise<boolean> {
    return this.process.claim(name);
  }

  state<State>(key: HostState<State>): State {
    this.#states ??= new Map();
    let kept = this.#states.get(key as HostState<unknown>);
    if (kept === undefined) {
      const value = key.create(this);
      kept = { value, close: () => key.close?.(value) };
      this.#states.set(key as HostState<unknown>, kept);
    }
    return kept.value as State;
  }

  /** Waits for what a function of the host has promised. See {@linkcode Guest.wait}. */
  wait<Value>(promise: Promise<Value>): Promise<Value> {
    const isFree = !this.#isLooking;
    this.#isLooking = false;
    return this.process.wait(promise, isFree);
  }

  /** Closes what it holds, the latest first. */
  close(): void {
    if (this.#states === undefined) return;
    for (const { close } of [...this.#states.values()].reverse()) {
      try {
        close();
      } catch (error) {
        // It may not throw; if it does, what else there is is closed all the same.
        this.log(0, `Cannot close what a process had: ${error}`);
      }
    }
    this.#states = undefined;
  }
}

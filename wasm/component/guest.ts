/**
 * A process, as the functions of the host see it.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Command } from "../core/command.ts";
import type { Delivery, Guest } from "../core/slot.ts";
import type { Log } from "../core/stdio.ts";
import type { GuestMessage } from "../message.ts";
import { makeOffer, type Offer } from "./canonical/mod.ts";
import { GuestStates } from "./guest_states.ts";
import type { HostGuest, HostState } from "./host.ts";

/** A process that has an instance. */
export class ComponentGuest implements HostGuest, Offer, Delivery<unknown> {
  /** The process. */
  readonly process: Guest;
  readonly capability: Capability;
  #states: GuestStates | undefined;
  // Whether the next wait is for a look at the mailbox.
  #isLooking = false;
  // Whether it waits for a message, which comes with its turn.
  #isReceiving = false;
  // Whether it waits for anything else, and has no turn to give away.
  #isWaiting = false;
  /** See {@linkcode Offer.resumption}: what is done with the message that it waits for. */
  resumption: Offer["resumption"];

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
    const isFirst = !this.#isReceiving && !this.#isWaiting;
    if (timeoutMs === undefined && isFirst) return this.#receive();
    const message = this.process.next(timeoutMs);
    // Who only looks could look for ever.
    this.#isLooking = timeoutMs === 0 && message instanceof Promise;
    return message;
  }

  #receive(): Uint8Array | Promise<Uint8Array> {
    const message = this.process.receiveInto(this);
    if (message instanceof Promise) {
      this.#isReceiving = true;
      makeOffer(message, this);
    }
    return message as Uint8Array | Promise<Uint8Array>;
  }

  /** See {@linkcode Delivery.give}: the message, or what the import that waits makes of it. */
  give(message: Uint8Array): unknown {
    const { resumption } = this;
    this.resumption = undefined;
    this.#isReceiving = false;
    return resumption === undefined ? message : resumption.goOn(message);
  }

  register(name: string): boolean | Promise<boolean> {
    return this.process.claim(name);
  }

  state<State>(key: HostState<State>): State {
    this.#states ??= new GuestStates(this);
    return this.#states.of(key);
  }

  /** Waits for what a function of the host has promised. See {@linkcode Guest.wait}. */
  wait<Value>(promise: Promise<Value>): Promise<Value> {
    if (this.#isReceiving) return promise;
    const isFree = !this.#isLooking;
    this.#isLooking = false;
    return this.#wait(promise, isFree);
  }

  async #wait<Value>(
    promise: Promise<Value>,
    isFree: boolean,
  ): Promise<Value> {
    this.#isWaiting = true;
    try {
      return await this.process.wait(promise, isFree);
    } finally {
      this.#isWaiting = false;
    }
  }

  /** Closes what it holds, the latest first. */
  close(): void {
    this.#states?.close();
    this.#states = undefined;
  }
}

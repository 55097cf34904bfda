/**
 * Looks of guests at processes of other schedulers.
 *
 * @module
 */

import type { Runtime } from "@rusm/otp";
import type { Look } from "./ask.ts";
import { lookAt } from "./look.ts";

/** What one scheduler tells another of looks; `scheduler` is who tells. */
export type LookFrame =
  /** To be answered by `looked`. */
  | {
    readonly type: "look";
    readonly scheduler: number;
    readonly id: number;
    readonly look: Look;
  }
  | { readonly type: "looked"; readonly id: number; readonly value: unknown };

/** Sends a frame to another scheduler; false when there is no way to it. */
export type SendLook = (to: number, frame: LookFrame) => boolean;

/**
 * Looks straight from one scheduler to another, on the way of signals: a process
 * that monitors another and kills it then is told of the kill, and finds it dead.
 */
export class AwayLooks {
  readonly #runtime: Runtime;
  readonly #scheduler: number;
  readonly #send: SendLook;
  // Each until it is answered, or the other scheduler is gone.
  readonly #looks = new Map<
    number,
    { readonly to: number; readonly settle: (value: unknown) => void }
  >();
  #nextId = 0;

  /** Nobody looks yet. */
  constructor(runtime: Runtime, scheduler: number, send: SendLook) {
    this.#runtime = runtime;
    this.#scheduler = scheduler;
    this.#send = send;
  }

  /** Resolves to what `lookAt` returns there; to undefined when that scheduler is gone. */
  look(look: Look): Promise<unknown> {
    const { scheduler: to } = look.pid;
    const id = this.#nextId++;
    const frame = {
      type: "look",
      scheduler: this.#scheduler,
      id,
      look,
    } as const;
    if (!this.#send(to, frame)) return Promise.resolve(undefined);
    return new Promise((settle) => this.#looks.set(id, { to, settle }));
  }

  /** Takes what another scheduler tells. */
  heed(frame: LookFrame): void {
    if (frame.type === "looked") return this.#settle(frame.id, frame.value);
    const { scheduler, id, look } = frame;
    const value = lookAt(this.#runtime, look);
    this.#send(scheduler, { type: "looked", id, value });
  }

  #settle(id: number, value: unknown): void {
    this.#looks.get(id)?.settle(value);
    this.#looks.delete(id);
  }

  /** Answers what a scheduler that is gone was asked. */
  lost(scheduler: number): void {
    for (const [id, { to }] of this.#looks) {
      if (to === scheduler) this.#settle(id, undefined);
    }
  }
}

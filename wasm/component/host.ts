/**
 * What a host gives to components: interfaces, each declared once.
 *
 * A declaration is the interface in WIT and the functions that it names. What a
 * component imports is compared with the WIT when it is loaded; its processes
 * are linked to the functions.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Command } from "../core/command.ts";
import type { Log } from "../core/stdio.ts";
import type { GuestMessage } from "../message.ts";

/**
 * An interface that the host gives.
 *
 * Each function and resource of `wit` is in exactly one of the records, and
 * nothing else is: anything amiss is an error of whoever declares it.
 *
 * Names are those of the component model: `now`, `[constructor]fields`,
 * `[method]pollable.block`, `[static]fields.from-list`.
 *
 * @example
 * ```ts
 * import type { HostInterface } from "./host.ts";
 * import { strictEqual } from "node:assert";
 *
 * const clock: HostInterface = {
 *   name: "wasi:clocks/monotonic-clock@0.2.12",
 *   wit: `
 *     use wasi:io/poll.{pollable};
 *     type instant = u64;
 *     now: func() -> instant;
 *     subscribe-instant: func(when: instant) -> pollable;
 *   `,
 *   functions: {
 *     "now": () => 0n,
 *     "subscribe-instant": (_guest, when: bigint) => ({ when }),
 *   },
 * };
 * strictEqual(clock.functions!["now"]!(undefined as never), 0n);
 * ```
 */
export interface HostInterface {
  /**
   * Name and version, such as `wasi:io/poll@0.2.12`. It is given to whoever
   * imports a compatible version: 0.2 of any patch, 1 of any minor.
   *
   * `$root` holds functions that a world imports without an interface.
   */
  readonly name: string;
  /**
   * What is in the braces of the interface in WIT: types, `use` of others,
   * resources, functions. The version in a `use` can be left out.
   */
  readonly wit: string;
  /** Functions that answer at once. Nobody waits: they are as fast as a call. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /**
   * Functions that may return a promise. The guest is suspended until it is
   * settled, others have their turn meanwhile, and the guest's allowance of CPU
   * time begins anew. When its process ends first, nobody takes the outcome.
   */
  readonly suspending?: Readonly<Record<string, HostFunction>>;
  /**
   * Functions, by name, that only pass on what they are given or look at it,
   * such as one that sends a message. A small `list<u8>` that they are given lies
   * in one buffer with others, which takes a third of the time: whoever asks for
   * the buffer gets all of them, and while one is kept they all are, 4 KiB.
   */
  readonly sharing?: ReadonlySet<string>;
  /** The resources that it defines, not those that it uses. */
  readonly resources?: Readonly<Record<string, HostResource>>;
}

/**
 * A function of the host: the guest that calls, and its arguments.
 *
 * Values are as in the table of `canonical/mod.ts`; they are checked against the
 * WIT on both ways. Arguments are the function's own; what it returns is copied
 * into the guest before anything else runs there.
 *
 * A function to a `result` returns the value, and throws a `ComponentError` for
 * an error. Whatever else it throws ends the process, which cannot catch it:
 * a `ProcessExit` with its code, anything else as a crash.
 */
export type HostFunction = (
  guest: HostGuest,
  // deno-lint-ignore no-explicit-any -- the WIT says what they are, and that is checked
  ...values: any[]
) => unknown;

/**
 * A type of resources of the host.
 *
 * A resource is an object of JavaScript, of any class. A function that returns
 * one as `own` gives the guest a handle. A function that takes `own` has it
 * from then on, and must close it itself; one that takes `borrow` only uses it.
 *
 * Not every resource that is returned comes to have a handle: the table may be
 * full, or the process have ended meanwhile. What holds something of the machine
 * must be known to a {@linkcode HostState}, too, which closes it in the end.
 */
export interface HostResource {
  /**
   * Closes a resource: the guest has dropped its handle, or has ended with it.
   * At the end of a process, what it got last is dropped first. What this
   * throws ends the process.
   */
  // deno-lint-ignore no-explicit-any -- whatever the functions of the interface gave out
  drop?(guest: HostGuest, resource: any): void;
}

/** A process, as functions of the host see it. */
export interface HostGuest {
  /** What it acts with: its pid, its runtime, and a signal that is aborted at its end. */
  readonly self: Context<GuestMessage>;
  /** What it may do: to be asked before anything is done for it. */
  readonly capability: Capability;
  /** Arguments, variables and standard streams that it was started with. */
  readonly command: Command;
  /** Takes what it logs; level is 0 error to 3 debug. */
  readonly log: Log;
  /** Whether the message received last is text; false when absent. */
  readonly isTextLast?: boolean;

  /**
   * Takes its next message.
   *
   * @param timeoutMs Waits for ever when undefined; only looks when 0.
   * @returns Undefined when none came in time. A promise is for a `suspending`
   * function to return, as it is or with what `then` makes of it. From when one
   * without a timeout is fulfilled it is the turn of the process: what else the
   * function waits for then keeps others from theirs.
   */
  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /**
   * Asks for a name. A promise is for a `suspending` function to return.
   *
   * @returns Whether it has the name now: no other process of the node does.
   */
  register(name: string): boolean | Promise<boolean>;

  /** What `key` stands for in this process, made when it is first asked for. */
  state<State>(key: HostState<State>): State;
}

/** Something that each process has of its own, if it asks for it. */
export interface HostState<State> {
  /** Makes that of `guest`. */
  create(guest: HostGuest): State;
  /** Closes it, at the end of the process, after all handles were dropped. Must not throw. */
  close?(state: State): void;
}

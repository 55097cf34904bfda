/**
 * What a process is made from, and what it is given to act with.
 *
 * @module
 */

import type { Metadata, SendOptions } from "./envelope.ts";
import type { Overflow, Quota } from "./overflow.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import type { Body, ProcessHandle } from "./runtime.ts";
import type { Down, ExitMessage, MonitorRef } from "./signal.ts";

/** What {@linkcode Context.receive} returns when no message came in time. */
export const TIMEOUT: unique symbol = Symbol("timeout");

/** What the handler of {@linkcode Context.receiveEach} returns to end it. */
export const DONE: unique symbol = Symbol("done");

/**
 * What {@linkcode Context.receiveBy} returns when the message is still to come,
 * and {@linkcode ProcessBody.start} when the end is.
 */
export const LATER: unique symbol = Symbol("later");

/**
 * Takes one message of {@linkcode Context.receiveEach}. Returns {@linkcode DONE},
 * or a promise of it, when it was the last one.
 */
export type EachHandler<in Message> = (
  message: Message,
) => void | typeof DONE | Promise<void | typeof DONE>;

/** How {@linkcode Context.receive} waits. */
export interface ReceiveOptions<Message, Match extends Message = Message> {
  /**
   * Takes the oldest message for which this is true and leaves the others, in
   * their order. Called at most once per message, in the sender's turn when the
   * process waits; must not have effects. When it throws, the process crashes.
   */
  readonly match?:
    | ((message: Message) => message is Match)
    | ((message: Message) => boolean);
  /** Milliseconds to wait; 0 only looks. Waits for ever when absent. */
  readonly timeoutMs?: number;
}

/**
 * What a process is given to act with.
 *
 * @typeParam Message What the process accepts. A process that monitors others
 * must accept {@linkcode Down} too, which the types insist on.
 */
export interface Context<Message> {
  /** Names this process. */
  readonly pid: Pid<Message>;

  /** The runtime that runs it. */
  readonly runtime: Runtime;

  /**
   * The process that started it by {@linkcode Context.spawnLink}, `startServer`
   * or `task`; undefined when none did.
   */
  readonly parent: Pid | undefined;

  /** Aborts when the process exits, for work that the core cannot see. */
  readonly signal: AbortSignal;

  /**
   * Takes the oldest message, or waits for one.
   *
   * Messages of one sender arrive in the order they were sent. Only one
   * `receive` may wait at a time. In a process that has exited it never
   * returns; one that had its message already runs on to its next wait.
   *
   * @throws {TypeError} Another receive of this process is waiting.
   *
   * @see Erlang `receive`.
   */
  receive(): Message | Promise<Message>;

  /**
   * Takes the oldest message that matches, or waits for one.
   *
   * @see Erlang `receive`.
   */
  receive<Match extends Message = Message>(
    options: ReceiveOptions<Message, Match> & { readonly timeoutMs?: never },
  ): Promise<NoInfer<Match>>;

  /**
   * Takes the oldest message that matches, or waits for one for `timeoutMs`.
   *
   * @returns The message, or {@linkcode TIMEOUT}.
   * @throws {RangeError} `timeoutMs` is negative, not a number, or too long.
   *
   * @see Erlang `receive … after`.
   */
  receive<Match extends Message = Message>(
    options: ReceiveOptions<Message, Match>,
  ): Promise<NoInfer<Match> | typeof TIMEOUT>;

  /**
   * Takes the oldest message if one is there, and else lets `take` have the next
   * one. For bodies that are no async functions, such as those that run guests:
   * waiting costs no promise.
   *
   * @param take Called once, in the turn of the sender or a later one, and not
   * in a process that has exited. When it throws, the process crashes.
   * @returns The message; {@linkcode LATER} when `take` will have it.
   * @throws {TypeError} Another receive of this process is waiting.
   *
   * @example
   * ```ts
   * import { LATER, Runtime } from "@rusm/otp";
   * import { strictEqual } from "node:assert";
   *
   * const runtime = new Runtime();
   * let heard = "";
   * const listener = runtime.spawn<string>((self) =>
   *   new Promise<void>((resolve) => {
   *     const hear = (message: string) => {
   *       heard = message;
   *       resolve();
   *     };
   *     const message = self.receiveBy(hear);
   *     if (message !== LATER) hear(message);
   *   })
   * );
   * runtime.send(listener.pid, "hello");
   * await listener.join();
   * strictEqual(heard, "hello");
   * ```
   */
  receiveBy(take: (message: Message) => void): Message | typeof LATER;

  /**
   * Calls `handle` with one message after another, the oldest first, and waits
   * for them. The fastest way to receive: a message costs a call, not a promise.
   *
   * A promise that `handle` returns is awaited before the next message is
   * taken; within it the process may `receive` on its own. `handle` is never
   * called in the turn of the sender.
   *
   * @param handle What it throws rejects the loop.
   * @returns Resolves when `handle` returned {@linkcode DONE}. The messages behind
   * that one stay in the mailbox.
   * @throws {TypeError} Another receive of this process is waiting.
   *
   * @see Erlang: a function that receives and calls itself.
   *
   * @example
   * ```ts
   * import { DONE, Runtime } from "@rusm/otp";
   * import { strictEqual } from "node:assert";
   *
   * const runtime = new Runtime();
   * let sum = 0;
   * const adder = runtime.spawn<number>((self) =>
   *   self.receiveEach((value) => {
   *     sum += value;
   *     return value === 0 ? DONE : undefined;
   *   })
   * );
   * for (const value of [20, 22, 0]) runtime.send(adder.pid, value);
   * strictEqual(await adder.join(), "normal");
   * strictEqual(sum, 42);
   * ```
   */
  receiveEach(handle: EachHandler<Message>): Promise<void>;

  /**
   * Calls `heed` when a message comes, and takes none: for a body that does
   * other things meanwhile. It counts as a receive that waits.
   *
   * @param heed Called for each message, in the turn of its sender, until
   * {@linkcode Context.unwatchMail}. Must not receive, but may have it done in a
   * later turn.
   * @returns False when a message is there already; then nothing is watched.
   * @throws {TypeError} A receive of this process is waiting.
   */
  watchMail(heed: () => void): boolean;

  /** Ends {@linkcode Context.watchMail}. Does nothing when nothing is watched. */
  unwatchMail(): void;

  /**
   * What travelled with the message that was received last; undefined when
   * nothing did. Before the first it is that of {@linkcode SpawnOptions}, if any.
   * A receive that timed out leaves it as it is.
   *
   * A body that takes a message before it is done with another can set it back.
   */
  metadata: Metadata | undefined;

  /**
   * Sets a message aside, with the metadata of the one received last, until
   * {@linkcode Context.unstash}. No receive sees it; it counts as waiting.
   *
   * @see Akka `Stash`.
   */
  stash(message: Message): void;

  /**
   * Puts the messages that were set aside in front of all ordinary ones, in the
   * order of their {@linkcode Context.stash}.
   *
   * @throws {TypeError} A receive of this process is waiting.
   */
  unstash(): void;

  /**
   * Sends `message` as {@linkcode Runtime.sendWhenRoom} does. When this process
   * ends while it waits, the message is not sent.
   */
  sendWhenRoom<To>(
    to: Pid<To>,
    message: NoInfer<To>,
    options?: SendOptions,
  ): Promise<boolean>;

  /**
   * Asks to be sent a {@linkcode Down} when `target` ends. When it is not alive
   * that comes at once, with the reason `"noproc"`. Every call is a monitor of
   * its own.
   *
   * @see Erlang `monitor/2`.
   */
  monitor(
    this: { readonly pid: Pid<Down> },
    target: Pid,
    options?: MonitorOptions,
  ): MonitorRef;

  /**
   * Ends a monitor. A {@linkcode Down} that is already in the mailbox stays
   * there, unless it is flushed.
   *
   * @returns Whether the monitor was there.
   *
   * @see Erlang `demonitor/2`.
   */
  demonitor(ref: MonitorRef, options?: DemonitorOptions): boolean;

  /**
   * Links this process with `target`: when one of them ends, the other is sent
   * an exit signal with the same reason. A process that is not alive is linked
   * for no longer than it takes to tell so, with the reason `"noproc"`.
   *
   * There is at most one link between two processes, and none from a process
   * to itself.
   *
   * @see Erlang `link/1`. Differs: never throws.
   */
  link(target: Pid): void;

  /**
   * Ends a link. No exit signal of that link arrives any more; an
   * {@linkcode ExitMessage} that is already in the mailbox stays there.
   *
   * @see Erlang `unlink/1`.
   */
  unlink(target: Pid): void;

  /**
   * Whether exit signals arrive as messages instead of ending this process. Only
   * `exit(pid, "kill")` always ends it.
   *
   * @returns What it was before.
   *
   * @see Erlang `process_flag(trap_exit, Boolean)`.
   */
  trapExits(
    this: { readonly pid: Pid<ExitMessage> },
    trapsExits: boolean,
  ): boolean;

  /**
   * Another pid of this process, which can be taken back: a message to it
   * arrives here until {@linkcode Context.unalias} or the end of the process.
   * After that it is dropped.
   *
   * An alias is equal only to itself. It stands for its process in all but
   * messages.
   *
   * @see Erlang `alias/1`. Differs: is a pid.
   *
   * @example An answer that comes too late
   * ```ts
   * import { Runtime, TIMEOUT } from "@rusm/otp";
   * import { strictEqual } from "node:assert";
   *
   * const runtime = new Runtime();
   * const asker = runtime.spawn<string>(async (self) => {
   *   const replyTo = self.alias({ once: true });
   *   strictEqual(await self.receive({ timeoutMs: 1 }), TIMEOUT);
   *   self.unalias(replyTo);
   *   strictEqual(runtime.send(replyTo, "late"), false);
   * });
   * strictEqual(await asker.join(), "normal");
   * ```
   */
  alias(options?: AliasOptions): Pid<Message>;

  /**
   * Takes an alias back. Messages that came by it stay in the mailbox.
   *
   * @returns Whether it was an active alias of this process.
   *
   * @see Erlang `unalias/1`.
   */
  unalias(alias: Pid): boolean;

  /**
   * Starts a process that is linked to this one before it gets its first turn.
   *
   * @see Erlang `spawn_link/1`.
   */
  spawnLink<Child = never>(
    body: Body<Child> | ProcessBody<Child>,
    options?: SpawnOptions,
  ): ProcessHandle<Child>;

  /**
   * Starts a process that this one monitors before it gets its first turn.
   *
   * @see Erlang `spawn_monitor/1`.
   */
  spawnMonitor<Child = never>(
    this: { readonly pid: Pid<Down> },
    body: Body<Child> | ProcessBody<Child>,
    options?: SpawnOptions,
  ): MonitoredHandle<Child>;

  /**
   * Ends this process with `reason`, at once. No reason is special here:
   * `"kill"` is seen by others as `"kill"`.
   *
   * @throws Always, to leave the body. Do not catch it.
   *
   * @see Erlang `exit/1`.
   */
  exit(reason: ExitReason): never;

  /**
   * Ends this process with `reason`, at once, and returns: for a body whose
   * `start` returned {@linkcode LATER}, which has nothing to leave by throwing.
   * Its `stop` is not called. Does nothing when the process has exited.
   */
  end(reason: ExitReason): void;
}

/** How {@linkcode Context.alias} makes an alias. */
export interface AliasOptions {
  /** Takes it back with the first message that arrives by it; false when absent. */
  readonly once?: boolean;
  /**
   * Whether messages that are sent by it with `priority` go in front of ordinary
   * ones; false when absent.
   *
   * @see Erlang `alias([priority])`, EEP 76.
   */
  readonly priority?: boolean;
}

/** How {@linkcode Context.monitor} watches. */
export interface MonitorOptions {
  /** Whether the {@linkcode Down} is a priority message; false when absent. */
  readonly priority?: boolean;
}

/** How {@linkcode Context.demonitor} ends a monitor. */
export interface DemonitorOptions {
  /** Takes the {@linkcode Down} out of the mailbox when it is there; false when absent. */
  readonly flush?: boolean;
}

/** What {@linkcode Context.spawnMonitor} returns. */
export interface MonitoredHandle<in Message> extends ProcessHandle<Message> {
  /** Names the monitor. */
  readonly ref: MonitorRef;
}

/** What a process runs: it ends when the returned promise settles. */
export interface ProcessBody<Message> {
  /**
   * Called once, in a later turn than the spawn. Returning is the exit reason
   * `"normal"`; throwing is a crash.
   *
   * A body that is no function, and of which there are many, may return
   * {@linkcode LATER}: then the process lives on until {@linkcode Context.end}
   * is called, and no promise is held for its end.
   */
  start(self: Context<Message>): unknown;

  /**
   * Called once when the process has exited before `start` came to an end, or
   * was called. When it throws, that is thrown again in a later macrotask.
   */
  stop?(reason: ExitReason): void;
}

/** How {@linkcode Runtime.spawn} starts a process. */
export interface SpawnOptions {
  /** Shown in lists and logs; need not be unique. */
  readonly label?: string;
  /**
   * How many messages may wait, 0 or more, those that are stashed included. No
   * bound when absent. A {@linkcode Down} or {@linkcode ExitMessage} always finds room.
   */
  readonly mailboxMax?: number;
  /** What happens to one message more; `"reject"` when absent. */
  readonly overflow?: Overflow;
  /** Bounds by size what may wait; nothing does when absent. Its own: no two mailboxes share one. */
  readonly quota?: Quota;
  /** The pid that {@linkcode Runtime.allot} set aside. */
  readonly pid?: Pid;
  /** What {@linkcode Context.metadata} is until it receives a message; undefined when absent. */
  readonly metadata?: Metadata | undefined;
}

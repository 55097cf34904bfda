/**
 * The runtime: the processes of one thread, and the way to all others.
 *
 * @module
 */

import type { Context, ProcessBody, SpawnOptions } from "./context.ts";
import { Core } from "./core.ts";
import type { SendOptions } from "./envelope.ts";
import { type Host, systemHost } from "./host.ts";
import { REDUCTIONS_PER_SLICE } from "./limits.ts";
import type { NameWatcher } from "./names.ts";
import type { Observer } from "./observer.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import { type ProcessInfo, processInfo } from "./process_info.ts";
import type { ExitReason } from "./reason.ts";
import type { SchedulerLoad } from "./scheduler.ts";
import { sendAfter, sendEvery, type SendTimer } from "./send_timer.ts";
import type { Signal } from "./signal.ts";

/** How a {@linkcode Runtime} is made. */
export interface RuntimeOptions {
  /** Clock, timers, entropy, macrotasks; {@linkcode systemHost} when absent. */
  readonly host?: Host;
  /** Index of the node, 0 to 1,023; 0 when absent. */
  readonly node?: number;
  /** Index of this scheduler on its node, 0 to 255; 0, the main thread, when absent. */
  readonly scheduler?: number;
  /**
   * Serial of the first process that this runtime names itself, 0 when absent.
   * Those below are for the thread that allots pids, see
   * {@linkcode Runtime.allot}.
   */
  readonly firstSerial?: number;
  /** Told what happens to processes. */
  readonly observer?: Observer;
  /**
   * Receives, starts and wake-ups before the event loop gets its turn, at
   * least 1; 4,000 when absent. Fewer when each of them is a long run.
   */
  readonly reductionsPerSlice?: number;
  /**
   * Milliseconds that a slice goes on when its reductions are spent sooner, and
   * as many again and again; 0 when absent.
   */
  readonly sliceMsMin?: number;
}

/** A body as a function; see {@linkcode ProcessBody}. */
export type Body<Message> = (self: Context<Message>) => unknown;

/** A spawned process, seen from outside. Letting go of it changes nothing. */
export interface ProcessHandle<in Message> {
  /** Names the process. */
  readonly pid: Pid<Message>;

  /** Ends the process with the reason `"killed"`. Returns whether it was alive. */
  kill(): boolean;

  /** Resolves to the exit reason when the process has ended. Never rejects. */
  join(): Promise<ExitReason>;
}

/**
 * The way to the processes of another scheduler or node.
 *
 * Signals of one sender to one receiver arrive in the order they were sent.
 */
export interface Peer {
  /** Sends `signal` on its way; false when there is no room, and it is dropped. */
  send(signal: Signal): boolean;

  /**
   * Sends a copy of the bytes of `bytes` from `start` up to `end` as a message,
   * as `send` does. When absent, the caller makes the copy.
   */
  sendCopy?(
    to: Pid<Uint8Array>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean;
}

/** What a runtime has counted since it was made. */
export interface Counters {
  /** Processes that were spawned. */
  readonly spawned: number;
  /** Processes that have ended. */
  readonly exited: number;
  /** Messages that a full mailbox refused, and their senders were told. */
  readonly refused: number;
  /** Messages that a full mailbox dropped, and their senders were not told. */
  readonly dropped: number;
}

/** The inside of a runtime, for the rest of this member. */
export let coreOf: (runtime: Runtime) => Core;

/**
 * Spawns processes and carries signals between them.
 *
 * @example Ping and pong
 * ```ts
 * import { Runtime, type Pid } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const pong = runtime.spawn<Pid<string>>(async (self) => {
 *   const from = await self.receive();
 *   self.runtime.send(from, "pong");
 * });
 * const ping = runtime.spawn<string>(async (self) => {
 *   self.runtime.send(pong.pid, self.pid);
 *   strictEqual(await self.receive(), "pong");
 * });
 * strictEqual(await ping.join(), "normal");
 * ```
 */
export class Runtime {
  readonly #core: Core;

  /**
   * A runtime without processes.
   *
   * @throws {RangeError} `options.node`, `options.scheduler`,
   * `options.firstSerial` or `options.reductionsPerSlice` is out of range.
   */
  constructor(options: RuntimeOptions = {}) {
    const { node = 0, scheduler = 0 } = options;
    this.#core = new Core(this, {
      host: options.host ?? systemHost(),
      place: { node, scheduler },
      firstSerial: options.firstSerial ?? 0,
      observer: options.observer,
      reductionsPerSlice: options.reductionsPerSlice ?? REDUCTIONS_PER_SLICE,
      sliceMsMin: options.sliceMsMin ?? 0,
    });
  }

  /** Clock, timers, entropy and macrotasks. */
  get host(): Host {
    return this.#core.host;
  }

  /**
   * Starts a process. Its body gets its first turn after the caller gave up its own.
   *
   * @param body What it runs.
   * @throws {RangeError} `options.pid` is not of this scheduler, or in use;
   * `options.mailboxMax` is negative or not a number.
   *
   * @see Erlang `spawn/1`.
   */
  spawn<Message = never>(
    body: Body<Message> | ProcessBody<Message>,
    options: SpawnOptions = {},
  ): ProcessHandle<Message> {
    const start = typeof body === "function" ? { start: body } : body;
    // Inside, every process accepts anything; the types keep to what it is sent.
    const process = this.#core.spawn(start as ProcessBody<unknown>, options);
    return new LocalHandle(process);
  }

  /**
   * Sets a pid aside for a process that another scheduler of this node will
   * spawn. One thread must allot all pids of a scheduler.
   *
   * @param scheduler Index of that scheduler, not this one.
   * @throws {RangeError} `scheduler` is this one, or none.
   */
  allot<Message = never>(scheduler: number): Pid<Message> {
    return this.#core.allot(scheduler);
  }

  /**
   * Sends `message` to a process. Never waits.
   *
   * @param message Shared, not copied, when the receiver lives in this thread.
   * @returns False when it is known that it cannot arrive: the process is dead,
   * its mailbox is full, the alias is not active, or its scheduler is lost.
   *
   * @see Erlang `erlang:send/2`. Differs: says what it knows.
   */
  send<Message>(
    to: Pid<Message>,
    message: NoInfer<Message>,
    options?: SendOptions,
  ): boolean {
    return this.#core.send(to, message, options);
  }

  /**
   * Sends a copy of the bytes of `bytes` from `start` up to `end`, as
   * {@linkcode Runtime.send} does. To another scheduler it is made where it goes,
   * which takes less than a third of the time that an array of its own would.
   *
   * @param start At most `end`, which is at most the length of `bytes`.
   */
  sendCopy(
    to: Pid<Uint8Array>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    return this.#core.sendCopy(to, bytes, start, end);
  }

  /**
   * Sends `message` to a process, and waits while its mailbox is full when its
   * {@linkcode Overflow} is `"backPressure"`. All who wait get in in the order
   * they came. Any other send, and one by an alias, is like
   * {@linkcode Runtime.send}.
   *
   * @returns Resolves to whether it arrived: false when the process ended first.
   * Of a process in another scheduler, resolves to what `send` returns.
   */
  sendWhenRoom<Message>(
    to: Pid<Message>,
    message: NoInfer<Message>,
    options: SendOptions = {},
  ): Promise<boolean> {
    return this.#core.sendWhenRoom(to, message, options);
  }

  /**
   * Asks a process to exit with `reason`. `"kill"` ends every process, with
   * the reason `"killed"`. A process of this thread has exited when the call
   * returns, unless it traps exits.
   *
   * @param from Who asks: what a process that traps exits is told. `"normal"` is
   * ignored unless a process asks itself.
   * @returns False when it is known that the process is not alive.
   *
   * @see Erlang `exit/2`. Differs: may be called where there is no process.
   */
  exit(to: Pid, reason: ExitReason, from?: Pid): boolean {
    return this.#core.signal({ type: "exit", to, from, via: "exit", reason });
  }

  /** Ends a process with the reason `"killed"`. Returns false when it is known not to be alive. */
  kill(to: Pid): boolean {
    return this.exit(to, "kill");
  }

  /** Whether `pid` names a living process of this thread. */
  isAlive(pid: Pid): boolean {
    return this.#core.find(pid) !== undefined;
  }

  /** The living processes of this thread, the oldest first. */
  list(): Pid[] {
    return [...this.#core.processes.values()];
  }

  /** How many processes of this thread are alive. */
  get processCount(): number {
    return this.#core.processes.size;
  }

  /** How many messages wait for a process of this thread; undefined when it is not alive. */
  mailboxDepth(pid: Pid): number | undefined {
    return this.#core.find(pid)?.mailboxDepth;
  }

  /**
   * Gives a process of this thread a name. It can have several, and loses them
   * all when it ends, before anybody is told of the end.
   *
   * @returns False when the name is taken, also by the same process, or the
   * process is not alive here.
   *
   * @see Erlang `register/2`. Differs: a process can have several names.
   */
  register(name: string, pid: Pid): boolean {
    const process = this.#core.find(pid);
    return process !== undefined && this.#core.names.register(name, process);
  }

  /**
   * Notes that a process of another scheduler or node has a name, so that it is
   * found here. Whoever decides who gets a name there tells each runtime. It is
   * forgotten when the way to that scheduler is given up.
   *
   * @returns False when the name is taken.
   *
   * @see Erlang `global:register_name/2`. Differs: decides nothing.
   */
  registerAway(name: string, pid: Pid): boolean {
    return this.#core.names.registerAway(name, pid);
  }

  /**
   * Tells `watcher` of all names there are, at once, and of all that are given
   * and taken back from then on, also of those of {@linkcode Runtime.registerAway}.
   *
   * @returns Ends that.
   */
  watchNames(watcher: NameWatcher): () => void {
    return this.#core.names.watch(watcher);
  }

  /**
   * Takes a name back.
   *
   * @returns False when nobody has it.
   *
   * @see Erlang `unregister/1`.
   */
  unregister(name: string): boolean {
    return this.#core.names.unregister(name);
  }

  /**
   * The process with a name.
   *
   * @typeParam Message What the caller knows it to accept; a name does not say.
   * @returns Undefined when nobody has the name.
   *
   * @see Erlang `whereis/1`.
   */
  whereis<Message = never>(name: string): Pid<Message> | undefined {
    // The types keep to what it is sent.
    return this.#core.names.find(name) as Pid<Message> | undefined;
  }

  /**
   * The process with a name, spawned first when nobody has it. Whoever asks
   * first spawns it, and all get the same.
   */
  whereisOrSpawn<Message = never>(
    name: string,
    body: Body<Message> | ProcessBody<Message>,
    options?: SpawnOptions,
  ): Pid<Message> {
    const incumbent = this.whereis<Message>(name);
    if (incumbent !== undefined) return incumbent;
    const { pid } = this.spawn(body, options);
    this.register(name, pid);
    return pid;
  }

  /** The names of a process of this thread, in the order it got them. */
  names(pid: Pid): string[] {
    const process = this.#core.find(pid);
    return process === undefined ? [] : this.#core.names.of(process);
  }

  /**
   * Sends `message` once, in `delayMs` milliseconds. To a process that has
   * ended by then it is not sent.
   *
   * @throws {RangeError} `delayMs` is negative, not a number, or too long.
   *
   * @see Erlang `erlang:send_after/3`.
   */
  sendAfter<Message>(
    to: Pid<Message>,
    delayMs: number,
    message: NoInfer<Message>,
    options?: SendOptions,
  ): SendTimer {
    return sendAfter(this.#sendTimerCore(), to, delayMs, message, options);
  }

  /**
   * Sends `message` every `periodMs` milliseconds, the first time after one
   * period, until it is cancelled or known not to arrive. When the thread was
   * too busy for several periods, one message makes up for them.
   *
   * @throws {RangeError} `periodMs` is not above 0, or too long.
   *
   * @see Erlang `timer:send_interval/3`.
   */
  sendEvery<Message>(
    to: Pid<Message>,
    periodMs: number,
    message: NoInfer<Message>,
    options?: SendOptions,
  ): SendTimer {
    return sendEvery(this.#sendTimerCore(), to, periodMs, message, options);
  }

  #sendTimerCore(): Parameters<typeof sendAfter>[0] {
    const { timers, host } = this.#core;
    return {
      timers,
      host,
      send: (to, message, options) => this.#core.send(to, message, options),
    };
  }

  /**
   * What a process of this thread is and does; undefined when it is not alive.
   *
   * @see Erlang `process_info/1`.
   */
  info(pid: Pid): ProcessInfo | undefined {
    const process = this.#core.find(pid);
    return process && processInfo(process);
  }

  /**
   * Changes what a process of this thread is called in lists and logs.
   *
   * @returns False when it is not alive here.
   *
   * @see OTP `proc_lib:set_label/1`.
   */
  setLabel(pid: Pid, label: string | undefined): boolean {
    const process = this.#core.find(pid);
    if (process !== undefined) process.label = label;
    return process !== undefined;
  }

  /** What was counted so far. */
  counters(): Counters {
    return this.#core.counters();
  }

  /**
   * How busy this thread is.
   *
   * @see Erlang `statistics(run_queue)`, `statistics(scheduler_wall_time)`.
   */
  load(): SchedulerLoad {
    return this.#core.scheduler.load();
  }

  /**
   * Whether {@linkcode SchedulerLoad.busyMs} is counted. Off at first: it costs
   * a macrotask for each time that the thread wakes up.
   *
   * @see Erlang `system_flag(scheduler_wall_time, Boolean)`.
   */
  trackBusyTime(isOn: boolean): void {
    this.#core.scheduler.trackBusyTime(isOn);
  }

  /**
   * Lets `observer` look from now on, in place of the one before.
   *
   * @param observer Nobody, when undefined.
   * @returns The one before.
   */
  observe(observer: Observer | undefined): Observer | undefined {
    return this.#core.setObserver(observer);
  }

  /**
   * Makes `peer` the way to the processes of another scheduler of this node.
   *
   * @throws {RangeError} There is one already, it is this scheduler, or none.
   */
  connect(scheduler: number, peer: Peer): void {
    this.#core.connect(scheduler, peer);
  }

  /**
   * Gives up the way to another scheduler. The names of its processes are taken
   * back. Who monitors a process there is told that it is down, with `reason`;
   * monitors from there are forgotten.
   * Does nothing when there is no way.
   *
   * @see Erlang `nodedown`.
   */
  disconnect(scheduler: number, reason: ExitReason = "noconnection"): void {
    this.#core.disconnect(scheduler, reason);
  }

  /**
   * Carries `signal` to the process it is for, here or elsewhere. Peers call it
   * with what arrives.
   *
   * @returns False when it is known that it cannot arrive.
   */
  signal(signal: Signal): boolean {
    return this.#core.signal(signal);
  }

  static {
    coreOf = (runtime) => runtime.#core;
  }
}

class LocalHandle<Message> implements ProcessHandle<Message> {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  get pid(): Pid<Message> {
    return this.#process.pid;
  }

  kill(): boolean {
    if (this.#process.exitReason !== undefined) return false;
    this.#process.terminate("killed");
    return true;
  }

  join(): Promise<ExitReason> {
    const { exitReason } = this.#process;
    if (exitReason !== undefined) return Promise.resolve(exitReason);
    return new Promise((resolve) => this.#process.onExit(resolve));
  }
}

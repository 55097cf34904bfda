/**
 * A process: a mailbox, a body, and those who wait for its end.
 *
 * @module
 */

import type { Alias } from "./alias.ts";
import {
  type AliasOptions,
  type Context,
  type MonitoredHandle,
  type ProcessBody,
  type ReceiveOptions,
  type SpawnOptions,
  TIMEOUT,
} from "./context.ts";
import type { Core } from "./core.ts";
import { Mailbox } from "./mailbox.ts";
import { bindProcess, Pid, processOf } from "./pid.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import type { Body, ProcessHandle, Runtime } from "./runtime.ts";
import type { Down, ExitMessage, ExitSignal, MonitorRef } from "./signal.ts";
import { receiveExit } from "./signal.ts";
import { checkDelay, type Timer } from "./timer.ts";

// Thrown by exit() to leave the body; the process has exited already.
const EXITED: unique symbol = Symbol("exited");

type Resolve = (message: unknown) => void;
type Match = (message: unknown) => boolean;

// The executor of a promise runs at once, so one function can serve all
// processes: it hands the resolver to whoever parks.
let parking: Process | undefined;
function handResolver(resolve: Resolve): void {
  parking!.parked(resolve);
  parking = undefined;
}

/** A monitor, as the watcher notes it. */
export interface Watch {
  /** Who is watched. */
  readonly target: Pid;
  /** Takes the Down in place of the mailbox. Must not throw. */
  readonly take?: ((down: Down) => void) | undefined;
}

/** What a process waits for, or owns, beside its mailbox. */
export interface Tie {
  /** Who is called, when it is a call that waits. */
  readonly callee?: Pid;
  /** Gives it up, when the process has ended. Must not throw. */
  cancel(): void;
}

/**
 * The one implementation of {@linkcode Context}.
 *
 * Invariant: while a receive waits, no message in the mailbox at an index
 * below `#scanned` matches it.
 */
export class Process implements Context<unknown> {
  readonly pid: Pid<unknown>;
  readonly label: string | undefined;
  parent: Pid | undefined;
  readonly #core: Core;
  // Undefined when it came to an end, or the process did.
  #body: ProcessBody<unknown> | undefined;
  readonly #mailbox = new Mailbox();
  readonly #mailboxMax: number;
  #isAlive = true;
  #isStarted = false;
  #isQueued = false;

  // The receive that waits.
  #resolve: Resolve | undefined;
  #match: Match | undefined;
  #scanned = 0;
  #timer: Timer | undefined;
  // Its time is up: with its next turn it returns, with or without a message.
  #isDue = false;
  #isMatching = false;

  // Who watches this process, by monitor.
  #watchers: Map<MonitorRef, Pid> | undefined;
  // Whom this process watches, by monitor.
  #watched: Map<MonitorRef, Watch> | undefined;
  // Whom this process is linked to, by what the pid prints as.
  #links: Map<string, Pid> | undefined;
  // The active aliases, by number.
  #aliases: Map<number, Alias> | undefined;
  #ties: Set<Tie> | undefined;
  #trapsExits = false;
  #abort: AbortController | undefined;
  #onExit: ((reason: ExitReason) => void)[] | undefined;
  #reason: ExitReason | undefined;

  /**
   * A process that starts when it gets its first turn.
   *
   * @throws {RangeError} `options.mailboxMax` is negative or not a number.
   */
  constructor(
    core: Core,
    pid: Pid<unknown>,
    body: ProcessBody<unknown>,
    options: SpawnOptions,
  ) {
    const { label, mailboxMax = Infinity } = options;
    if (!(mailboxMax >= 0)) {
      throw new RangeError(`Cannot bound a mailbox below 0: ${mailboxMax}`);
    }
    this.#core = core;
    this.pid = pid;
    this.label = label;
    this.#body = body;
    this.#mailboxMax = mailboxMax;
    bindProcess(pid, this);
  }

  get runtime(): Runtime {
    return this.#core.runtime;
  }

  get core(): Core {
    return this.#core;
  }

  /** Whether a receive waits. */
  get isReceiving(): boolean {
    return this.#resolve !== undefined;
  }

  /** Whether it is a process of `core`: two runtimes can share a thread. */
  isOf(core: Core): boolean {
    return this.#core === core;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (!this.#isAlive) this.#abort.abort();
    return this.#abort.signal;
  }

  /** How many messages wait. */
  get mailboxDepth(): number {
    return this.#mailbox.count;
  }

  /** Why the process ended; undefined while it is alive. */
  get exitReason(): ExitReason | undefined {
    return this.#reason;
  }

  /** Calls `observe`, which must not throw, when the process exits, after its watchers were told. */
  onExit(observe: (reason: ExitReason) => void): void {
    this.#onExit ??= [];
    this.#onExit.push(observe);
  }

  receive(): unknown;
  receive<Match>(
    options: ReceiveOptions<unknown, Match> & { readonly timeoutMs?: never },
  ): Promise<Match>;
  receive<Match>(
    options: ReceiveOptions<unknown, Match>,
  ): Promise<Match | typeof TIMEOUT>;
  receive(options?: ReceiveOptions<unknown>): unknown {
    if (this.#resolve !== undefined || this.#isMatching) {
      throw new TypeError("Cannot receive while another receive waits");
    }
    if (options !== undefined) return this.#receiveSelected(options);
    if (this.#mailbox.count > 0 && this.#mayTake()) {
      return this.#mailbox.shift();
    }
    return this.#park(undefined);
  }

  #mayTake(): boolean {
    return this.#isAlive && this.#core.scheduler.spend();
  }

  async #receiveSelected(options: ReceiveOptions<unknown>): Promise<unknown> {
    const { match, timeoutMs } = options;
    if (timeoutMs !== undefined) checkDelay(timeoutMs);
    const index = this.#find(match, 0);
    const isReady = index >= 0 || timeoutMs === 0;
    if (isReady && this.#mayTake()) {
      return index >= 0 ? this.#mailbox.take(index) : TIMEOUT;
    }
    this.#wakeAfter(timeoutMs);
    return await this.#park(match, index >= 0 ? index : this.#mailbox.count);
  }

  // A receive that only looks needs no timer, but a turn when the slice is
  // spent.
  #wakeAfter(timeoutMs: number | undefined): void {
    this.#isDue = timeoutMs === 0;
    if (timeoutMs === undefined || this.#isDue || !this.#isAlive) return;
    this.#timer = this.#core.timers.start(timeoutMs, () => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#resume();
    });
  }

  #park(match: Match | undefined, scanned = 0): Promise<unknown> {
    this.#match = match;
    this.#scanned = scanned;
    parking = this;
    const message = new Promise<unknown>(handResolver);
    if (this.#isDue || scanned < this.#mailbox.count) this.#enqueue();
    return message;
  }

  /** Takes the resolver of the promise that `#park` makes. */
  parked(resolve: Resolve): void {
    this.#resolve = resolve;
  }

  #wake(message: unknown): void {
    const resolve = this.#resolve!;
    this.#stopWaiting();
    resolve(message);
  }

  #stopWaiting(): void {
    this.#resolve = undefined;
    this.#match = undefined;
    this.#isDue = false;
    if (this.#timer === undefined) return;
    this.#core.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** Puts `message` into the mailbox of a living process. Returns false when it is full. */
  deliver(message: unknown): boolean {
    if (this.#mailbox.count >= this.#mailboxMax) return false;
    this.#arrive(message);
    return true;
  }

  /** Puts `down` into the mailbox, however full it is, if its monitor still is. */
  deliverDown(down: Down): void {
    const watch = this.#watched?.get(down.ref);
    if (watch === undefined) return;
    this.#watched!.delete(down.ref);
    if (watch.take === undefined) this.#arrive(down);
    else watch.take(down);
  }

  #arrive(message: unknown): void {
    // With messages left to look at it has its turn coming, and they are older.
    const isNext = this.#scanned === this.#mailbox.count;
    if (this.#resolve === undefined || !isNext) {
      return this.#mailbox.push(message);
    }
    if (this.#match === undefined && this.#core.scheduler.spend()) {
      return this.#wake(message);
    }
    this.#mailbox.push(message);
    this.#scan();
  }

  // Looks for what the receive waits for among the messages it has not seen.
  #scan(): void {
    const index = this.#find(this.#match, this.#scanned);
    this.#scanned = index >= 0 ? index : this.#mailbox.count;
    if (index < 0) return;
    if (this.#mayTake()) this.#resume();
    else this.#enqueue();
  }

  // The caller may be a sender, who must not suffer from the receiver's match.
  #find(match: Match | undefined, from: number): number {
    if (match === undefined) return from < this.#mailbox.count ? from : -1;
    this.#isMatching = true;
    try {
      return this.#mailbox.find(match, from);
    } catch (thrown) {
      if (this.#isAlive) this.terminate(crashOf(thrown));
      return -1;
    } finally {
      this.#isMatching = false;
    }
  }

  #enqueue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#core.scheduler.enqueue(this);
  }

  /** Takes a turn: starts the body, or hands the waiting receive its message. */
  run(): void {
    this.#isQueued = false;
    if (!this.#isAlive) return;
    if (!this.#isStarted) this.#start();
    else if (this.#resolve !== undefined) this.#resume();
  }

  async #start(): Promise<void> {
    this.#isStarted = true;
    try {
      await this.#body!.start(this);
      this.#end("normal");
    } catch (thrown) {
      // Also what exit() of another process threw ends this one.
      if (this.#isAlive) this.#end(crashOf(thrown));
    }
  }

  #end(reason: ExitReason): void {
    this.#body = undefined;
    this.terminate(reason);
  }

  // What waits at `#scanned` is what the receive waits for. A message that only
  // waits for its turn was in time.
  #resume(): void {
    if (this.#scanned < this.#mailbox.count) {
      this.#wake(this.#mailbox.take(this.#scanned));
    } else if (this.#isDue) this.#wake(TIMEOUT);
  }

  monitor(target: Pid): MonitorRef {
    return this.#core.monitor(this, target);
  }

  demonitor(ref: MonitorRef): boolean {
    const watch = this.#watched?.get(ref);
    if (watch === undefined) return false;
    this.#watched!.delete(ref);
    this.#core.signal({ type: "demonitor", to: watch.target, ref });
    return true;
  }

  alias({ once = false }: AliasOptions = {}): Pid<unknown> {
    return this.addAlias({ once });
  }

  /** Makes an alias; in a process that has exited it is never active. */
  addAlias(alias: Alias): Pid<unknown> {
    const number = this.#core.nextAlias();
    if (this.#isAlive) {
      this.#aliases ??= new Map();
      this.#aliases.set(number, alias);
    }
    const { node, scheduler, serial } = this.pid;
    return new Pid(node, scheduler, serial, number);
  }

  unalias(alias: Pid): boolean {
    if (!alias.owner.equals(this.pid)) return false;
    return this.#aliases?.delete(alias.alias) ?? false;
  }

  /** The active alias with a number. */
  findAlias(number: number): Alias | undefined {
    return this.#aliases?.get(number);
  }

  /** Notes what to give up when the process ends. */
  tie(tie: Tie): void {
    this.#ties ??= new Set();
    this.#ties.add(tie);
  }

  /** Forgets `tie`. */
  untie(tie: Tie): void {
    this.#ties?.delete(tie);
  }

  /** Whom the process calls and waits for. */
  callees(): Pid[] {
    const callees = [...this.#ties ?? []].map((tie) => tie.callee);
    return callees.filter((callee) => callee !== undefined);
  }

  link(to: Pid): void {
    const target = to.owner;
    if (!this.#isAlive || target.equals(this.pid) || this.isLinked(target)) {
      return;
    }
    this.addLink(target);
    this.#core.signal({ type: "link", to: target, from: this.pid });
  }

  unlink(to: Pid): void {
    const target = to.owner;
    if (!this.removeLink(target)) return;
    this.#core.signal({ type: "unlink", to: target, from: this.pid });
  }

  trapExits(trapsExits: boolean): boolean {
    const before = this.#trapsExits;
    this.#trapsExits = trapsExits;
    return before;
  }

  spawnLink<Child>(
    body: Body<Child> | ProcessBody<Child>,
    options?: SpawnOptions,
  ): ProcessHandle<Child> {
    const child = this.runtime.spawn(body, options);
    processOf(child.pid)!.parent = this.pid;
    // A body can run on for a moment when its process has exited: what it
    // spawns must not outlive it.
    if (this.#isAlive) this.link(child.pid);
    else child.kill();
    return child;
  }

  spawnMonitor<Child>(
    body: Body<Child> | ProcessBody<Child>,
    options?: SpawnOptions,
  ): MonitoredHandle<Child> {
    const child = this.runtime.spawn(body, options);
    const ref = this.monitor(child.pid);
    return {
      ref,
      pid: child.pid,
      kill: () => child.kill(),
      join: () => child.join(),
    };
  }

  exit(reason: ExitReason): never {
    this.terminate(reason);
    throw EXITED;
  }

  /** Notes that this process watches another. */
  watch(ref: MonitorRef, watch: Watch): void {
    this.#watched ??= new Map();
    this.#watched.set(ref, watch);
  }

  /** Notes that `watcher` watches this process. */
  addWatcher(ref: MonitorRef, watcher: Pid): void {
    this.#watchers ??= new Map();
    this.#watchers.set(ref, watcher);
  }

  /** Forgets the monitor `ref`. */
  removeWatcher(ref: MonitorRef): void {
    this.#watchers?.delete(ref);
  }

  /** The monitors of processes for which `isLost` is true. */
  *watchedWhere(isLost: (target: Pid) => boolean): Iterable<[MonitorRef, Pid]> {
    if (this.#watched === undefined) return;
    for (const [ref, { target }] of this.#watched) {
      if (isLost(target)) yield [ref, target];
    }
  }

  /** Forgets the monitors of watchers for which `isLost` is true. */
  removeWatchersWhere(isLost: (watcher: Pid) => boolean): void {
    if (this.#watchers === undefined) return;
    for (const [ref, watcher] of this.#watchers) {
      if (isLost(watcher)) this.#watchers.delete(ref);
    }
  }

  /** Whether there is a link with `pid`. */
  isLinked(pid: Pid): boolean {
    return this.#links?.has(String(pid)) ?? false;
  }

  /** Makes this half of a link. */
  addLink(pid: Pid): void {
    this.#links ??= new Map();
    this.#links.set(String(pid), pid);
  }

  /** Ends this half of a link. Returns whether it was there. */
  removeLink(pid: Pid): boolean {
    return this.#links?.delete(String(pid)) ?? false;
  }

  /** Whom of those for which `isLost` is true this process is linked to. */
  linkedWhere(isLost: (pid: Pid) => boolean): Pid[] {
    return [...this.#links?.values() ?? []].filter(isLost);
  }

  /** Does what an exit signal does. One over a link that was ended does nothing. */
  receiveExit({ from: asker, via, reason }: ExitSignal): void {
    const from = asker?.owner;
    if (via === "link" && !this.removeLink(from!)) return;
    const fromSelf = from?.equals(this.pid) ?? false;
    const trapsExits = this.#trapsExits;
    const effect = receiveExit({ via, reason, fromSelf, trapsExits });
    if (effect.type === "terminate") this.terminate(effect.reason);
    else if (effect.type === "enqueue") {
      const message: ExitMessage = { type: "exit", from, reason };
      this.#arrive(message);
    }
  }

  /** Ends the process. Idempotent. */
  terminate(reason: ExitReason): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#reason = reason;
    bindProcess(this.pid, undefined);
    this.#core.forget(this, reason);
    this.#release();
    this.#tellWatchers(reason);
    this.#tellLinks(reason);
    this.#stopBody(reason);
    this.#abort?.abort();
    this.#onExit?.forEach((observe) => observe(reason));
    this.#onExit = undefined;
  }

  #stopBody(reason: ExitReason): void {
    const body = this.#body;
    this.#body = undefined;
    if (body?.stop === undefined) return;
    try {
      body.stop(reason);
    } catch (thrown) {
      // The caller may be another process, which must not suffer from it.
      this.#core.rethrow(thrown);
    }
  }

  // A body that waits is left waiting, for ever: nothing holds on to it.
  #release(): void {
    this.#stopWaiting();
    this.#mailbox.clear();
    this.#aliases = undefined;
    this.#ties?.forEach((tie) => tie.cancel());
    this.#ties = undefined;
    if (this.#watched === undefined) return;
    for (const [ref, { target: to }] of this.#watched) {
      this.#core.signal({ type: "demonitor", to, ref });
    }
    this.#watched = undefined;
  }

  #tellWatchers(reason: ExitReason): void {
    if (this.#watchers === undefined) return;
    for (const [ref, to] of this.#watchers) {
      const down: Down = { type: "down", ref, pid: this.pid, reason };
      this.#core.signal({ type: "down", to, down });
    }
    this.#watchers = undefined;
  }

  #tellLinks(reason: ExitReason): void {
    if (this.#links === undefined) return;
    for (const to of this.#links.values()) {
      this.#core.signal({
        type: "exit",
        to,
        from: this.pid,
        via: "link",
        reason,
      });
    }
    this.#links = undefined;
  }
}

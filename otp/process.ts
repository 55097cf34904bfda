/**
 * A process: a body, an inbox, and those who hear of its end.
 *
 * @module
 */

import type { Alias } from "./alias.ts";
import { Bonds, type Tie, type Watch } from "./bonds.ts";
import {
  type AliasOptions,
  type Context,
  type DemonitorOptions,
  LATER,
  type MonitoredHandle,
  type MonitorOptions,
  type ProcessBody,
  type ReceiveOptions,
  type SpawnOptions,
  type TIMEOUT,
} from "./context.ts";
import type { Core } from "./core.ts";
import type { Metadata, SendOptions } from "./envelope.ts";
import { Inbox, type InboxParts } from "./inbox.ts";
import { Bound } from "./overflow.ts";
import { bindProcess, Pid, processOf } from "./pid.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import type { Body, ProcessHandle, Runtime } from "./runtime.ts";
import type { Runnable, Scheduler } from "./scheduler.ts";
import {
  type Down,
  type ExitMessage,
  type ExitSignal,
  type MonitorRef,
  receiveExit,
} from "./signal.ts";
import type { Timers } from "./timer.ts";

// Thrown by exit() to leave the body; the process has exited already.
const EXITED: unique symbol = Symbol("exited");

/** The one implementation of {@linkcode Context}. */
export class Process implements Context<unknown>, Runnable, InboxParts {
  readonly pid: Pid<unknown>;
  label: string | undefined;
  parent: Pid | undefined;
  readonly #core: Core;
  // Undefined when it came to an end, or the process did.
  #body: ProcessBody<unknown> | undefined;
  readonly #bound: Bound | undefined;
  // A process that only runs needs none of these.
  #inbox: Inbox | undefined;
  #bonds: Bonds | undefined;
  #abort: AbortController | undefined;
  #onExit: ((reason: ExitReason) => void)[] | undefined;
  #reason: ExitReason | undefined;
  #isStarted = false;
  #trapsExits = false;

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
    const { label, mailboxMax, overflow = "reject", quota, metadata } = options;
    this.#core = core;
    this.pid = pid;
    this.label = label;
    this.parent = undefined;
    this.#body = body;
    this.#bound = mailboxMax === undefined && quota === undefined
      ? undefined
      : new Bound(mailboxMax ?? Infinity, overflow, quota);
    bindProcess(pid, this);
    if (metadata !== undefined) this.metadata = metadata;
  }

  get runtime(): Runtime {
    return this.#core.runtime;
  }

  get core(): Core {
    return this.#core;
  }

  /** The bound of the mailbox, if it has one. */
  get bound(): Bound | undefined {
    return this.#bound;
  }

  /** What it is tied to, if it ever was. */
  get bonds(): Bonds | undefined {
    return this.#bonds;
  }

  /** What waits for it. */
  get inbox(): Inbox {
    this.#inbox ??= this.#newInbox();
    return this.#inbox;
  }

  #newInbox(): Inbox {
    const inbox = new Inbox(this);
    // A body can run on for a moment when its process has exited.
    if (this.#reason !== undefined) inbox.close();
    return inbox;
  }

  /** Shares the thread. */
  get scheduler(): Scheduler {
    return this.#core.scheduler;
  }

  /** Wakes receives that waited long enough. */
  get timers(): Timers {
    return this.#core.timers;
  }

  /** Ends the process by what it threw. */
  crash(thrown: unknown): void {
    this.terminate(crashOf(thrown));
  }

  /** Whether it is a process of `core`: two runtimes can share a thread. */
  isOf(core: Core): boolean {
    return this.#core === core;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#reason !== undefined) this.#abort.abort();
    return this.#abort.signal;
  }

  get metadata(): Metadata | undefined {
    return this.#inbox?.metadata;
  }

  set metadata(metadata: Metadata | undefined) {
    this.inbox.metadata = metadata;
  }

  /** How many messages wait. */
  get mailboxDepth(): number {
    return this.#inbox?.depth ?? 0;
  }

  /** Turns it has had and messages it has taken. */
  get reductions(): number {
    return Number(this.#isStarted) + (this.#inbox?.reductions ?? 0);
  }

  /** What it does now; see {@linkcode ProcessInfo}. */
  get status(): "waiting" | "runnable" | "running" {
    if (!this.#isStarted || this.#inbox?.isQueued) return "runnable";
    return this.isReceiving ? "waiting" : "running";
  }

  /** Whether a receive waits. */
  get isReceiving(): boolean {
    return this.#inbox?.isReceiving ?? false;
  }

  /** Whether exit signals arrive as messages. */
  get isTrappingExits(): boolean {
    return this.#trapsExits;
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
    return this.inbox.receive(options);
  }

  receiveBy(take: (message: unknown) => void): unknown {
    return this.inbox.receiveBy(take);
  }

  receiveEach(handle: (message: unknown) => unknown): Promise<void> {
    return this.inbox.receiveEach(handle);
  }

  watchMail(heed: () => void): boolean {
    return this.inbox.watchMail(heed);
  }

  unwatchMail(): void {
    this.#inbox?.unwatchMail();
  }

  stash(message: unknown): void {
    this.inbox.stash(message);
  }

  unstash(): void {
    this.inbox.unstash();
  }

  sendWhenRoom<To>(
    to: Pid<To>,
    message: NoInfer<To>,
    options: SendOptions = {},
  ): Promise<boolean> {
    return this.#core.sendWhenRoom(to, message, options, this);
  }

  /** Takes the first turn: starts the body. */
  run(): void {
    if (this.#reason === undefined) this.#start();
  }

  // No asynchronous function: nothing waits with a body that ends later.
  #start(): void {
    this.#isStarted = true;
    try {
      const ended = this.#body!.start(this);
      if (ended !== LATER) this.#endAfter(ended);
    } catch (thrown) {
      this.#endBy(thrown);
    }
  }

  async #endAfter(ended: unknown): Promise<void> {
    try {
      await ended;
      this.end("normal");
    } catch (thrown) {
      this.#endBy(thrown);
    }
  }

  // Also what exit() of another process threw ends this one.
  #endBy(thrown: unknown): void {
    if (this.#reason === undefined) this.end(crashOf(thrown));
  }

  end(reason: ExitReason): void {
    this.#body = undefined;
    this.terminate(reason);
  }

  monitor(target: Pid, options: MonitorOptions = {}): MonitorRef {
    return this.#core.monitor(this, target, options);
  }

  demonitor(
    ref: MonitorRef,
    { flush = false }: DemonitorOptions = {},
  ): boolean {
    const watch = this.#bonds?.removeWatch(ref);
    if (watch !== undefined) {
      this.#core.signal({ type: "demonitor", to: watch.target, ref });
    } else if (flush) this.#inbox?.flush(ref);
    return watch !== undefined;
  }

  /** Tells of the end of a process, if the monitor still is. */
  deliverDown(down: Down): void {
    const watch = this.#bonds?.removeWatch(down.ref);
    if (watch === undefined) return;
    if (watch.take !== undefined) watch.take(down);
    else this.inbox.deliverSystem(down, watch.priority ?? false);
  }

  alias({ once = false, priority = false }: AliasOptions = {}): Pid<unknown> {
    return this.addAlias({ once, priority });
  }

  /** Makes an alias; in a process that has exited it is never active. */
  addAlias(alias: Alias): Pid<unknown> {
    const number = this.#core.nextAlias();
    if (this.#reason === undefined) this.#bond().addAlias(number, alias);
    const { node, scheduler, serial } = this.pid;
    return new Pid(node, scheduler, serial, number);
  }

  #bond(): Bonds {
    this.#bonds ??= new Bonds();
    return this.#bonds;
  }

  unalias(alias: Pid): boolean {
    if (!alias.owner.equals(this.pid)) return false;
    return this.#bonds?.removeAlias(alias.alias) ?? false;
  }

  /** Notes what to give up when the process ends. */
  tie(tie: Tie): void {
    this.#bond().tie(tie);
  }

  /** Forgets `tie`. */
  untie(tie: Tie): void {
    this.#bonds?.untie(tie);
  }

  link(to: Pid): void {
    const target = to.owner;
    const isDone = this.#bonds?.isLinked(target) || target.equals(this.pid);
    if (this.#reason !== undefined || isDone) return;
    this.addLink(target);
    this.#core.observe((observer) => observer.linked?.(this.pid, target));
    this.#core.signal({ type: "link", to: target, from: this.pid });
  }

  unlink(to: Pid): void {
    const target = to.owner;
    if (!this.removeLink(target)) return;
    const id = this.#core.nextUnlink();
    this.#bond().addUnlink(target, id);
    this.#core.signal({ type: "unlink", to: target, from: this.pid, id });
  }

  /** Makes the other half of a link, unless this process has ended it since. */
  receiveLink(from: Pid): void {
    if (!this.#bonds?.isUnlinking(from)) this.addLink(from);
  }

  /** Makes this half of a link. */
  addLink(pid: Pid): void {
    this.#bond().addLink(pid);
  }

  /** Ends this half of a link. Returns whether it was there. */
  removeLink(pid: Pid): boolean {
    return this.#bonds?.removeLink(pid) ?? false;
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
    if (this.#reason === undefined) this.link(child.pid);
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
  addWatch(ref: MonitorRef, watch: Watch): void {
    this.#bond().addWatch(ref, watch);
  }

  /** Notes that `watcher` watches this process. */
  addWatcher(ref: MonitorRef, watcher: Pid): void {
    this.#bond().addWatcher(ref, watcher);
  }

  /** Does what an exit signal does. One over a link that was ended does nothing. */
  receiveExit({ from: asker, via, reason }: ExitSignal): void {
    const from = asker?.owner;
    if (via === "link" && !this.removeLink(from!)) return;
    const fromSelf = from?.equals(this.pid) ?? false;
    const trapsExits = this.#trapsExits;
    const effect = receiveExit({ via, reason, fromSelf, trapsExits });
    if (effect.type === "terminate") {
      this.terminate(effect.reason, via === "link" ? from : undefined);
    } else if (effect.type === "enqueue") {
      const message: ExitMessage = { type: "exit", from, reason };
      this.inbox.deliverSystem(message, false);
    }
  }

  /**
   * Ends the process. Idempotent.
   *
   * @param linkedTo Whose end, over a link, is its own; nobody's when absent.
   */
  terminate(reason: ExitReason, linkedTo?: Pid): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    bindProcess(this.pid, undefined);
    this.#core.forget(this, reason, linkedTo);
    this.#inbox?.close();
    if (this.#bonds !== undefined) this.#sever(this.#bonds, reason);
    if (this.#body !== undefined) this.#stopBody(this.#body, reason);
    this.#abort?.abort();
    this.#onExit?.forEach((observe) => observe(reason));
    this.#onExit = undefined;
  }

  #sever(bonds: Bonds, reason: ExitReason): void {
    this.#bonds = undefined;
    bonds.release();
    for (const [ref, { target: to }] of bonds.watched) {
      this.#core.signal({ type: "demonitor", to, ref });
    }
    const { pid: from } = this;
    for (const [ref, to] of bonds.watchers) {
      const down: Down = { type: "down", ref, pid: from, reason };
      this.#core.tell({ type: "down", to, down });
    }
    for (const to of bonds.links) {
      this.#core.tell({ type: "exit", to, from, via: "link", reason });
    }
    this.#core.tellAll();
  }

  #stopBody(body: ProcessBody<unknown>, reason: ExitReason): void {
    this.#body = undefined;
    if (body.stop === undefined) return;
    try {
      body.stop(reason);
    } catch (thrown) {
      // The caller may be another process, which must not suffer from it.
      this.#core.rethrow(thrown);
    }
  }
}

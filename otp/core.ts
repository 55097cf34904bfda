/**
 * What a runtime is inside: the process table, the peers, and the carrying of
 * signals between them. {@linkcode Runtime} is its public face.
 *
 * @module
 */

import type { Alias } from "./alias.ts";
import type { MonitorOptions, ProcessBody, SpawnOptions } from "./context.ts";
import type { SendOptions } from "./envelope.ts";
import type { Host } from "./host.ts";
import { SCHEDULERS_MAX } from "./limits.ts";
import { Names } from "./names.ts";
import { Pid, processOf } from "./pid.ts";
import type { Observer } from "./observer.ts";
import { Process } from "./process.ts";
import type { ExitReason } from "./reason.ts";
import { Queue } from "./queue.ts";
import { RoomSend } from "./room_send.ts";
import type { Counters, Peer, Runtime } from "./runtime.ts";
import { Scheduler } from "./scheduler.ts";
import type { Down, MonitorRef, Signal, UnlinkSignal } from "./signal.ts";
import { Timers } from "./timer.ts";

/** Where a runtime stands among the schedulers and nodes. */
export interface Place {
  /** Index of the node. */
  readonly node: number;
  /** Index of the scheduler on it. */
  readonly scheduler: number;
}

/** What a core is made with. */
export interface CoreOptions {
  /** Clock, timers, entropy, macrotasks. */
  readonly host: Host;
  /** Where it stands. */
  readonly place: Place;
  /** Serial of the first process that it names itself. */
  readonly firstSerial: number;
  /** Told what happens to processes. */
  readonly observer: Observer | undefined;
  /** Reductions of one slice. */
  readonly reductionsPerSlice: number;
  /** See {@linkcode RuntimeOptions.sliceMsMin}. */
  readonly sliceMsMin: number;
}

/** The processes of one thread. */
export class Core {
  readonly runtime: Runtime;
  readonly host: Host;
  readonly scheduler: Scheduler;
  readonly timers: Timers;
  /**
   * The pids of those that live, by serial, the oldest first.
   *
   * Not the processes: V8 lets the table of a map that it has outgrown lead to
   * the next one. An old one that is garbage would keep all that both held from
   * the young generation's collector. A pid lets go of its process at the end.
   */
  readonly processes: Map<number, Pid> = new Map();
  readonly names: Names = new Names();
  exited = 0;
  // Of processes that have ended.
  #refused = 0;
  #dropped = 0;

  readonly #place: Place;
  // About ends, the oldest first.
  readonly #tidings = new Queue<Signal>();
  #isTelling = false;
  #observer: Observer | undefined;
  // Whether the observer wants to hear of each message.
  #observesSends: boolean;
  readonly #peers = new Map<number, Peer>();
  // The next serial of each scheduler that this thread allots pids for.
  readonly #serials = new Map<number, number>();
  #serial: number;
  #monitors = 0;
  #aliases = 0;
  #unlinks = 0;

  /**
   * A core without processes.
   *
   * @throws {RangeError} `place` is outside what a pid can name.
   */
  constructor(runtime: Runtime, options: CoreOptions) {
    const { host, place, observer, reductionsPerSlice, sliceMsMin } = options;
    new Pid(place.node, place.scheduler, options.firstSerial);
    this.#serial = options.firstSerial;
    this.runtime = runtime;
    this.host = host;
    this.#place = place;
    this.#observer = observer;
    this.#observesSends = observer?.sent !== undefined;
    this.scheduler = new Scheduler(host, reductionsPerSlice, sliceMsMin);
    this.timers = new Timers(host);
  }

  /** See {@linkcode Runtime.spawn}. */
  spawn(body: ProcessBody<unknown>, options: SpawnOptions): Process {
    const pid = (options.pid ?? this.#nextPid()) as Pid<unknown>;
    const isTaken = this.processes.has(pid.serial) || pid.alias !== 0;
    if (!this.isLocal(pid) || isTaken) {
      throw new RangeError(`Cannot spawn under a pid of others: ${pid}`);
    }
    const process = new Process(this, pid, body, options);
    this.processes.set(pid.serial, pid);
    if (this.#observer !== undefined) {
      this.observe((observer) => observer.spawned?.(pid, options.label));
    }
    this.scheduler.ready(process);
    return process;
  }

  /** Tells the observer, if there is one. */
  observe(tell: (observer: Observer) => void): void {
    if (this.#observer === undefined) return;
    try {
      tell(this.#observer);
    } catch (thrown) {
      // It must not leave a process half spawned or half dead.
      this.rethrow(thrown);
    }
  }

  /** See {@linkcode Runtime.observe}. */
  setObserver(observer: Observer | undefined): Observer | undefined {
    const before = this.#observer;
    this.#observer = observer;
    this.#observesSends = observer?.sent !== undefined;
    return before;
  }

  /** Throws `thrown` in a later macrotask, where the program hears of it and no process does. */
  rethrow(thrown: unknown): void {
    this.host.macrotask(() => {
      throw thrown;
    });
  }

  #nextPid(): Pid {
    const { node, scheduler } = this.#place;
    return new Pid(node, scheduler, this.#serial++);
  }

  /** See {@linkcode Runtime.allot}. */
  allot(scheduler: number): Pid<unknown> {
    if (scheduler === this.#place.scheduler) {
      throw new RangeError(
        `Cannot allot a pid of this scheduler: ${scheduler}`,
      );
    }
    const serial = this.#serials.get(scheduler) ?? 0;
    this.#serials.set(scheduler, serial + 1);
    return new Pid(this.#place.node, scheduler, serial);
  }

  /** The living process of this thread that `pid` names. */
  find(pid: Pid): Process | undefined {
    const process = processOf(pid);
    if (process !== undefined) return process.isOf(this) ? process : undefined;
    if (!this.isLocal(pid)) return undefined;
    const own = this.processes.get(pid.serial);
    return own && processOf(own);
  }

  /** Whether `pid` names a process of this thread, living or not. */
  isLocal(pid: Pid): boolean {
    const { node, scheduler } = this.#place;
    return pid.scheduler === scheduler && pid.node === node;
  }

  /** See {@linkcode Runtime.send}. */
  send(to: Pid, message: unknown, options?: SendOptions): boolean {
    if (this.#observesSends) return this.#sendObserved(to, message, options);
    return this.#send(to, message, options);
  }

  #sendObserved(to: Pid, message: unknown, options?: SendOptions): boolean {
    const isSent = this.#send(to, message, options);
    this.observe((observer) => observer.sent?.(to, message, isSent));
    return isSent;
  }

  #send(to: Pid, message: unknown, options?: SendOptions): boolean {
    const process = processOf(to);
    if (process === undefined || !process.isOf(this)) {
      return this.#sendByTable(to, message, options);
    }
    const { inbox } = process;
    if (options === undefined) return inbox.deliver(message);
    return inbox.deliver(inbox.enclose(message, options));
  }

  // Aliases come this way, being never tied to their process.
  #sendByTable(to: Pid, message: unknown, options?: SendOptions): boolean {
    if (!this.isLocal(to)) {
      return this.#sendAway({ type: "message", to, message, options });
    }
    const process = this.find(to);
    if (process === undefined) return false;
    if (to.alias === 0) return this.#send(process.pid, message, options);
    const alias = process.bonds?.alias(to.alias);
    if (alias === undefined) return false;
    return this.#deliverBy(alias, process, to, message, options);
  }

  #deliverBy(
    { once, take, priority }: Alias,
    process: Process,
    to: Pid,
    message: unknown,
    options?: SendOptions,
  ): boolean {
    // One that the mailbox has no room for does not use the alias up.
    if (take === undefined) {
      const { inbox } = process;
      const item = inbox.enclose(message, options);
      const isUrgent = priority && options?.priority;
      const isSent = isUrgent ? inbox.deliverUrgent(item) : inbox.deliver(item);
      if (!isSent) return false;
    }
    if (once) process.unalias(to);
    take?.(message);
    return true;
  }

  /** See {@linkcode Runtime.sendCopy}. */
  sendCopy(
    to: Pid<Uint8Array>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const isKept = this.#observesSends || this.isLocal(to);
    const peer = isKept ? undefined : this.#peerOf(to);
    return peer?.sendCopy?.(to, bytes, start, end) ??
      this.send(to, bytes.slice(start, end));
  }

  #peerOf({ node, scheduler }: Pid): Peer | undefined {
    return this.#peers.get(keyOf(node, scheduler));
  }

  /** See {@linkcode Runtime.sendWhenRoom}. */
  sendWhenRoom(
    to: Pid,
    message: unknown,
    options: SendOptions,
    sender?: Process,
  ): Promise<boolean> {
    const process = this.find(to);
    const mayWait = process?.bound !== undefined && to.alias === 0;
    if (!mayWait) return Promise.resolve(this.send(to, message, options));
    return new Promise((resolve) => {
      const settle = (isSent: boolean) => {
        if (this.#observesSends) {
          this.observe((observer) => observer.sent?.(to, message, isSent));
        }
        resolve(isSent);
      };
      const item = process.inbox.enclose(message, options);
      new RoomSend(item, settle, sender).start(process);
    });
  }

  /** See {@linkcode Runtime.signal}. */
  signal(signal: Signal): boolean {
    if (signal.type === "message") {
      return this.send(signal.to, signal.message, signal.options);
    }
    const process = this.find(signal.to);
    if (process !== undefined) {
      this.#apply(process, signal);
      return true;
    }
    if (!this.isLocal(signal.to)) return this.#sendAway(signal);
    this.#answerFor(signal, "noproc");
    return false;
  }

  /** Keeps a signal about an end for {@linkcode Core.tellAll}. */
  tell(signal: Signal): void {
    this.#tidings.push(signal);
  }

  /**
   * Carries the signals about ends, and those about the ends that they cause. A
   * loop, since a chain of links can be longer than the stack is deep.
   */
  tellAll(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#tidings.count > 0) this.signal(this.#tidings.shift());
    } finally {
      this.#isTelling = false;
    }
  }

  #apply(process: Process, signal: Exclude<Signal, { type: "message" }>): void {
    switch (signal.type) {
      case "exit":
        return process.receiveExit(signal);
      case "link":
        return process.receiveLink(signal.from);
      case "unlink":
        process.removeLink(signal.from);
        return this.#answerUnlink(signal);
      case "unlinked":
        return process.bonds?.removeUnlink(signal.from, signal.id);
      case "monitor":
        return process.addWatcher(signal.ref, signal.watcher);
      case "demonitor":
        return process.bonds?.removeWatcher(signal.ref);
      case "down":
        return process.deliverDown(signal.down);
    }
  }

  #answerUnlink({ to: from, from: to, id }: UnlinkSignal): void {
    this.signal({ type: "unlinked", to, from, id });
  }

  #sendAway(signal: Signal): boolean {
    const isSent = this.#peerOf(signal.to)?.send(signal) ?? false;
    if (!isSent) this.#answerFor(signal, "noconnection");
    return isSent;
  }

  // Who monitors a process that is not there, or links to it, is answered in
  // its place.
  #answerFor(signal: Signal, reason: ExitReason): void {
    if (signal.type === "unlink") this.#answerUnlink(signal);
    else if (signal.type === "link") {
      const { to: from, from: to } = signal;
      this.signal({ type: "exit", to, from, via: "link", reason });
    } else if (signal.type === "monitor") {
      const { ref, to: pid, watcher: to } = signal;
      const down: Down = { type: "down", ref, pid, reason };
      this.signal({ type: "down", to, down });
    }
  }

  /** Starts a monitor of `to` for `watcher`, whose Down goes to `take` or the mailbox. */
  monitor(
    watcher: Process,
    to: Pid,
    { priority }: MonitorOptions,
    take?: (down: Down) => void,
  ): MonitorRef {
    const target = to.owner;
    const ref = this.#nextRef();
    // A body can run on for a moment when its process has exited.
    const isSelf = target.equals(watcher.pid);
    if (watcher.exitReason !== undefined || isSelf) return ref;
    watcher.addWatch(ref, { target, priority, take });
    this.signal({ type: "monitor", to: target, watcher: watcher.pid, ref });
    return ref;
  }

  // Monitors of all schedulers meet at the watched process, so the number says
  // which scheduler made it.
  #nextRef(): MonitorRef {
    const count = this.#monitors++;
    return (count * SCHEDULERS_MAX + this.#place.scheduler) as MonitorRef;
  }

  /** A number that no unlink of this thread has had. */
  nextUnlink(): number {
    return ++this.#unlinks;
  }

  /** A number that no alias of this thread has had. */
  nextAlias(): number {
    return ++this.#aliases;
  }

  /** Forgets a process that has ended. */
  forget(
    process: Process,
    reason: ExitReason,
    linkedTo: Pid | undefined,
  ): void {
    this.processes.delete(process.pid.serial);
    this.names.release(process);
    this.exited++;
    this.#refused += process.bound?.refused ?? 0;
    this.#dropped += process.bound?.dropped ?? 0;
    if (this.#observer === undefined) return;
    const { pid, label } = process;
    this.observe((observer) => observer.exited?.(pid, reason, label, linkedTo));
  }

  /** See {@linkcode Counters}. */
  counters(): Counters {
    let refused = this.#refused;
    let dropped = this.#dropped;
    for (const pid of this.processes.values()) {
      const { bound } = processOf(pid)!;
      refused += bound?.refused ?? 0;
      dropped += bound?.dropped ?? 0;
    }
    const { exited, processes } = this;
    return { spawned: exited + processes.size, exited, refused, dropped };
  }

  /** See {@linkcode Runtime.connect}. */
  connect(scheduler: number, peer: Peer): void {
    const { node } = this.#place;
    checkPlace({ node, scheduler });
    const key = keyOf(node, scheduler);
    if (this.#peers.has(key) || scheduler === this.#place.scheduler) {
      throw new RangeError(`Cannot connect a scheduler twice: ${scheduler}`);
    }
    this.#peers.set(key, peer);
  }

  /** See {@linkcode Runtime.disconnect}. */
  disconnect(scheduler: number, reason: ExitReason): void {
    const { node } = this.#place;
    if (!this.#peers.delete(keyOf(node, scheduler))) return;
    const isLost = (pid: Pid) =>
      pid.node === node && pid.scheduler === scheduler;
    this.names.releaseAway(isLost);
    for (const pid of this.processes.values()) {
      const process = processOf(pid)!;
      if (process.bonds !== undefined) cutOff(process, isLost, reason);
    }
  }
}

// The process may end meanwhile, and does no more then.
function cutOff(
  process: Process,
  isLost: (pid: Pid) => boolean,
  reason: ExitReason,
): void {
  const { watchers, links, watched } = process.bonds!;
  for (const [ref, watcher] of [...watchers]) {
    if (isLost(watcher)) process.bonds?.removeWatcher(ref);
  }
  process.bonds?.removeUnlinksWhere(isLost);
  for (const from of links.filter(isLost)) {
    const to = process.pid;
    process.receiveExit({ type: "exit", to, from, via: "link", reason });
  }
  for (const [ref, { target: pid }] of [...watched]) {
    if (isLost(pid)) process.deliverDown({ type: "down", ref, pid, reason });
  }
}

function checkPlace({ node, scheduler }: Place): void {
  new Pid(node, scheduler, 0);
}

function keyOf(node: number, scheduler: number): number {
  return node * SCHEDULERS_MAX + scheduler;
}

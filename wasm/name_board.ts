/**
 * Names over all schedulers of a node, as the main thread decides on them.
 *
 * @module
 */

import type { NameWatcher, Pid, Runtime } from "@rusm/otp";
import { MAIN_SCHEDULER, NODE_NAMES_MAX } from "./limits.ts";
import type { NameReport, Tiding } from "./wire.ts";

/** A guest that asks for a name, and its scheduler. */
interface Request {
  readonly from: number;
  readonly name: string;
  readonly pid: Pid;
}

/** What a board tells schedulers by. */
export interface Crier {
  /** Tells one scheduler. Returns false when it is not there. */
  tell(scheduler: number, tiding: Tiding): boolean;
  /** Tells all schedulers, `last` after all others. */
  tellAll(tiding: Tiding, last: number | undefined): void;
}

/**
 * Decides who gets a name, and tells all schedulers.
 *
 * The table of the main thread's runtime is the one that counts; every scheduler
 * has a copy of it, in which it looks names up. The scheduler of whoever gets a
 * name is told after all others, so that
 *
 * 1. a guest that has registered a name and tells another of it
 * 2. reaches that one when its scheduler has heard of the name.
 */
export class NameBoard implements NameWatcher {
  readonly #runtime: Runtime;
  readonly #crier: Crier;
  readonly #names = new Map<string, Pid>();
  // Those that the host gives, which no guest gets meanwhile.
  readonly #reserved = new Set<string>();
  // Those that wait for the scheduler of who has the name, the oldest first.
  readonly #waiting = new Map<number, Request[]>();
  readonly #unwatch: () => void;

  /** The board of the main thread. */
  constructor(runtime: Runtime, crier: Crier) {
    this.#runtime = runtime;
    this.#crier = crier;
    this.#unwatch = runtime.watchNames(this);
  }

  /** All names, for a scheduler that is new. */
  all(): Tiding {
    const names = [...this.#names].map(([name, pid]) =>
      [name, pid.toBigInt()] as const
    );
    return { type: "names", names };
  }

  registered(name: string, pid: Pid): void {
    this.#names.set(name, pid);
    this.#crier.tellAll({ type: "named", name, pid }, pid.scheduler);
  }

  unregistered(name: string, pid: Pid): void {
    this.#names.delete(name);
    this.#crier.tellAll({ type: "unnamed", name, pid }, undefined);
  }

  /**
   * Gives a process a name for the host, which reserves it: no guest can register
   * it when that process has ended, until it is released.
   *
   * @returns False when another has the name.
   */
  give(pid: Pid, name: string): boolean {
    this.#reserved.add(name);
    return this.#runtime.registerAway(name, pid);
  }

  /** Lets guests register a name that was given. Does nothing for any other name. */
  release(name: string): void {
    this.#reserved.delete(name);
  }

  /** Takes what scheduler `from` says. */
  heed(from: number, report: NameReport): void {
    switch (report.type) {
      case "register": {
        const { name, pid } = report;
        return this.#ask({ from, name, pid });
      }
      case "unnamed":
        return this.#unregister(report.name, report.pid);
      case "echoed":
        return this.#askAgain(from);
    }
  }

  // 1. Who has the name ends, and its scheduler sends word of that here.
  // 2. The scheduler of the one that asks hears of the end, and sends the
  //    request, which this thread may take first.
  // 3. So nobody is refused before all that the other had sent is taken.
  #ask(request: Request): void {
    const holder = this.#runtime.whereis(request.name)?.scheduler ??
      MAIN_SCHEDULER;
    const isKnown = holder === MAIN_SCHEDULER || holder === request.from;
    if (isKnown || !this.#crier.tell(holder, { type: "echo" })) {
      return this.#decide(request);
    }
    const waiting = this.#waiting.get(holder) ?? [];
    this.#waiting.set(holder, waiting);
    waiting.push(request);
  }

  #decide({ from, name, pid }: Request): void {
    const isGranted = this.#names.size < NODE_NAMES_MAX &&
      !this.#reserved.has(name) && this.#runtime.registerAway(name, pid);
    const isThere = this.#crier.tell(from, { type: "decided", pid, isGranted });
    // Its scheduler was lost while it waited.
    if (!isThere && isGranted) this.#runtime.unregister(name);
  }

  #unregister(name: string, pid: Pid): void {
    if (this.#runtime.whereis(name)?.equals(pid)) {
      this.#runtime.unregister(name);
    }
  }

  #askAgain(holder: number): void {
    const waiting = this.#waiting.get(holder);
    const request = waiting?.shift();
    if (waiting?.length === 0) this.#waiting.delete(holder);
    if (request !== undefined) this.#decide(request);
  }

  /** Decides on what waits for a scheduler that is gone, and whose names are. */
  lost(scheduler: number): void {
    const waiting = this.#waiting.get(scheduler) ?? [];
    this.#waiting.delete(scheduler);
    for (const request of waiting) this.#decide(request);
  }

  /** Decides no more. */
  close(): void {
    this.#unwatch();
    this.#waiting.clear();
  }
}

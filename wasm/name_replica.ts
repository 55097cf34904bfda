/**
 * Names over all schedulers of a node, as a scheduler in a Worker sees them.
 *
 * @module
 */

import { type NameWatcher, Pid, type Runtime } from "@rusm/otp";
import type { NameReport, NameTiding } from "./wire.ts";

/** Gives names to guests. */
export interface NameService {
  /**
   * Asks for a name for a living process of this scheduler, which asks for one
   * at a time.
   *
   * @returns Resolves to whether it has the name now, and is found by it here;
   * never when the process ends first.
   */
  register(name: string, pid: Pid): Promise<boolean>;
}

/**
 * The copy of the main thread's table in a scheduler, which is its runtime's.
 *
 * A name that one of its own processes gives up, or loses by its end, is gone
 * here at once and elsewhere when the main thread has told.
 */
export class NameReplica implements NameService, NameWatcher {
  readonly #runtime: Runtime;
  readonly #scheduler: number;
  readonly #report: (report: NameReport) => void;
  // Those that have asked, by serial.
  readonly #asking = new Map<number, (isGranted: boolean) => void>();
  // Whether it does what the main thread has told.
  #isHeeding = false;

  /** The copy of scheduler `scheduler`, empty. */
  constructor(
    runtime: Runtime,
    scheduler: number,
    report: (report: NameReport) => void,
  ) {
    this.#runtime = runtime;
    this.#scheduler = scheduler;
    this.#report = report;
    runtime.watchNames(this);
  }

  register(name: string, pid: Pid): Promise<boolean> {
    this.#report({ type: "register", name, pid });
    return new Promise((resolve) => this.#asking.set(pid.serial, resolve));
  }

  registered(): void {
    // What the main thread has told it knows.
  }

  unregistered(name: string, pid: Pid): void {
    const isOwn = pid.scheduler === this.#scheduler;
    if (isOwn && !this.#isHeeding) {
      this.#report({ type: "unnamed", name, pid });
    }
  }

  /** Does what the main thread has told. */
  heed(tiding: NameTiding): void {
    this.#isHeeding = true;
    try {
      this.#heedOne(tiding);
    } finally {
      this.#isHeeding = false;
    }
  }

  #heedOne(tiding: NameTiding): void {
    switch (tiding.type) {
      case "names":
        for (const [name, pid] of tiding.names) {
          this.#note(name, Pid.fromBigInt(pid));
        }
        return;
      case "named":
        return this.#note(tiding.name, tiding.pid);
      case "unnamed":
        return this.#forget(tiding.name, tiding.pid);
      case "decided": {
        const { serial } = tiding.pid;
        this.#asking.get(serial)?.(tiding.isGranted);
        return void this.#asking.delete(serial);
      }
      case "echo":
        return this.#report({ type: "echoed" });
    }
  }

  // It may have ended meanwhile, without a name to give back.
  #note(name: string, pid: Pid): void {
    const isOwn = pid.scheduler === this.#scheduler;
    const isNoted = isOwn
      ? this.#runtime.register(name, pid)
      : this.#runtime.registerAway(name, pid);
    if (isOwn && !isNoted) this.#report({ type: "unnamed", name, pid });
  }

  #forget(name: string, pid: Pid): void {
    if (this.#runtime.whereis(name)?.equals(pid)) {
      this.#runtime.unregister(name);
    }
  }
}

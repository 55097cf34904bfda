/**
 * The end of a runtime, in order.
 *
 * @module
 */

import {
  SHUTDOWN_DEADLINE_MS,
  SHUTDOWN_KILLS_MAX,
  SHUTDOWN_PAUSE_MS,
} from "./limits.ts";
import { type Pid, processOf } from "./pid.ts";
import { coreOf, type Runtime } from "./runtime.ts";
import { checkDelay } from "./timer.ts";

/** How {@linkcode shutdown} ends a runtime. */
export interface ShutdownOptions {
  /** Milliseconds until everything that is left is killed, 0 or more; 10,000 when absent. */
  readonly deadlineMs?: number;
  /** A process that is left alone: the one that calls it. */
  readonly except?: Pid;
}

/** What came of {@linkcode shutdown}. */
export interface ShutdownResult {
  /** Processes that had not ended by the deadline, the oldest first. */
  readonly killed: readonly Pid[];
  /** Processes that live all the same, since others spawn them as they end; the oldest first. */
  readonly left: readonly Pid[];
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/**
 * Ends all processes of `runtime`, each after those that were started later.
 *
 * Asks the roots, which are the processes without a living
 * {@linkcode Context.parent} in this runtime, to exit with `"shutdown"`, the
 * youngest first, each when the one before has ended. A root that does not trap
 * exits has then ended at once. A supervisor ends its children first, the
 * youngest first, within the time that each of them has. Whoever is left without
 * a parent, and whoever was spawned meanwhile, is asked next.
 *
 * All that is left at the deadline is killed, whatever it traps and however
 * long its supervisor would wait: also those that were not asked yet because a
 * younger root took all the time.
 *
 * A call while another is under way joins it. It can only bring the deadline
 * forward: with `deadlineMs: 0` it kills what is left.
 *
 * A process that calls this must name itself as `except`, or it ends with the
 * others and hears of nothing. It must be a root, since it would end with its
 * parent, and trap exits or be linked to none. Its children are ended as roots
 * are.
 *
 * Processes of other schedulers are left alone, as are listeners and timers
 * that belong to no process.
 *
 * @returns Never rejects.
 * @throws {RangeError} `deadlineMs` is negative, not a number, or too long.
 * @throws {TypeError} `except` has a parent that lives.
 *
 * @see Erlang `init:stop/0`. Differs: one deadline for all.
 *
 * @example
 * ```ts
 * import { Runtime, shutdown } from "@rusm/otp";
 * import { deepStrictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const forever = () => new Promise(() => {});
 * const { pid } = runtime.spawn<unknown>((self) => {
 *   self.trapExits(true);
 *   return forever();
 * });
 * const other = runtime.spawn(forever);
 * await new Promise((resolve) => setTimeout(resolve));
 *
 * const { killed } = await shutdown(runtime, { deadlineMs: 10 });
 * deepStrictEqual(killed, [pid]);
 * deepStrictEqual(await other.join(), "shutdown");
 * ```
 */
export function shutdown(
  runtime: Runtime,
  options: ShutdownOptions = {},
): Promise<ShutdownResult> {
  const { deadlineMs = SHUTDOWN_DEADLINE_MS } = options;
  checkDelay(deadlineMs);
  const except = options.except && coreOf(runtime).find(options.except)?.pid;
  if (except !== undefined && hasParent(runtime, except)) {
    throw new TypeError(`Cannot leave out a process with a parent: ${except}`);
  }
  let stopping = underWay.get(runtime);
  if (stopping === undefined) {
    stopping = new Stopping(runtime, except);
    underWay.set(runtime, stopping);
  }
  stopping.killAfter(deadlineMs);
  return stopping.result;
}

function hasParent(runtime: Runtime, pid: Pid): boolean {
  const parent = processOf(pid)?.parent;
  return parent !== undefined && runtime.isAlive(parent);
}

const underWay = new WeakMap<Runtime, Stopping>();

/** The end of one runtime. */
class Stopping {
  readonly result: Promise<ShutdownResult>;
  readonly #runtime: Runtime;
  readonly #except: Pid | undefined;
  readonly #startMs: number;
  #endMs = Infinity;
  #isDue = false;
  #disarm: () => void = () => {};
  // Ends the one wait.
  #wake: () => void = () => {};

  constructor(runtime: Runtime, except: Pid | undefined) {
    this.#runtime = runtime;
    this.#except = except;
    this.#startMs = runtime.host.now();
    this.result = this.#run();
  }

  /** Brings the deadline forward, if that is earlier. */
  killAfter(deadlineMs: number): void {
    const { host } = this.#runtime;
    const endMs = host.now() + deadlineMs;
    if (endMs >= this.#endMs) return;
    this.#endMs = endMs;
    this.#disarm();
    this.#disarm = host.timer(deadlineMs, () => {
      this.#isDue = true;
      this.#wake();
    });
  }

  async #run(): Promise<ShutdownResult> {
    // What ends at once may ask for a shutdown itself, and must find this one.
    await undefined;
    await this.#askAll();
    this.#disarm();
    const killed = this.#living();
    this.#killAll();
    underWay.delete(this.#runtime);
    const tookMs = this.#runtime.host.now() - this.#startMs;
    return { killed, left: this.#living(), tookMs };
  }

  async #askAll(): Promise<void> {
    while (!this.#isDue) {
      for (const root of this.#roots()) await this.#ask(root);
      if (this.#living().length === 0) return;
      // Processes that spawn others as they end would keep the deadline from
      // coming if nothing here waited for the clock.
      await this.#pause();
    }
  }

  #living(): Pid[] {
    return this.#runtime.list().filter((pid) => !this.#except?.equals(pid));
  }

  // The youngest first.
  #roots(): Pid[] {
    const living = this.#living();
    return living.filter((pid) => this.#isRoot(pid)).reverse();
  }

  #isRoot(pid: Pid): boolean {
    if (!hasParent(this.#runtime, pid)) return true;
    return this.#except?.equals(processOf(pid)!.parent!) ?? false;
  }

  async #ask(root: Pid): Promise<void> {
    const process = processOf(root);
    if (process === undefined || this.#isDue) return;
    this.#runtime.exit(root, "shutdown");
    if (process.exitReason !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      process.onExit(() => resolve());
    });
  }

  async #pause(): Promise<void> {
    if (this.#isDue) return;
    await new Promise<void>((resolve) => {
      const disarm = this.#runtime.host.timer(SHUTDOWN_PAUSE_MS, resolve);
      this.#wake = () => {
        disarm();
        resolve();
      };
    });
  }

  // Parents first, so that they do not react to the ends of their children.
  #killAll(): void {
    for (let kills = 0; kills < SHUTDOWN_KILLS_MAX; kills++) {
      for (const pid of this.#living()) this.#runtime.kill(pid);
    }
  }
}

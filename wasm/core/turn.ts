/**
 * How a process takes turns with the others of its scheduler, and for how long
 * it may run.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import { CpuMeter } from "../cpu_meter.ts";
import type { Epoch } from "../epoch.ts";
import type { Entrant, RunQueue } from "../run_queue.ts";
import { BELOW_MS_MAX } from "./limits.ts";

/** What the turns of a process are taken from. */
export interface TurnParts {
  /** Who runs on this scheduler. */
  readonly runQueue: RunQueue;
  /** The clock that it is preempted by. */
  readonly epoch: Epoch;
  /** How much time it has. */
  readonly capability: Capability;
}

/**
 * The turns of one process.
 *
 * Its allowance of CPU time is for the epochs since it waited last: who waits
 * lets others run.
 */
export class Turn {
  readonly #parts: TurnParts;
  // Undefined in the first slice.
  #meter: CpuMeter | undefined;
  // Epochs since it waited last, without those of this slice.
  #usedEpochs = 0;
  #sliceEpoch = 0;

  /** No turn yet. */
  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** Takes the turn when nobody has it. Returns whether the process has it now. */
  tryEnter(): boolean {
    if (!this.#parts.runQueue.tryEnter()) return false;
    this.begin();
    return true;
  }

  /** Resolves when it is the turn of the process. */
  async enter(): Promise<void> {
    await this.#parts.runQueue.enter();
    this.begin();
  }

  /** Tells `entrant` when it is the turn of the process, which then begins it. */
  enterBy(entrant: Entrant): void {
    this.#parts.runQueue.enterBy(entrant);
  }

  /** Begins the turn that the run queue has given. */
  begin(): void {
    this.#sliceEpoch = this.#parts.epoch.now();
  }

  /** Ends the turn. */
  leave(): void {
    this.#usedEpochs += this.#sliceEpochs;
    this.#parts.runQueue.leave();
  }

  get #sliceEpochs(): number {
    return (this.#parts.epoch.now() - this.#sliceEpoch) | 0;
  }

  /** Whether others should have theirs now. */
  get isOver(): boolean {
    const { epoch, runQueue } = this.#parts;
    const sliceEpochs = this.#sliceEpochs;
    return sliceEpochs >= epoch.sliceTicks ||
      sliceEpochs > 0 && runQueue.isWanted;
  }

  /**
   * Ends the turn, and resolves when it is that of the process again.
   *
   * @param macrotask See {@linkcode RunQueue.preempt}.
   */
  async preempt(macrotask: (callback: () => void) => void): Promise<void> {
    this.#usedEpochs += this.#sliceEpochs;
    this.#measure(this.#usedEpochs * this.#parts.epoch.periodMs);
    await this.#parts.runQueue.preempt(macrotask);
    this.begin();
  }

  #measure(heldMs: number): CpuMeter {
    const { cpuMsMax } = this.#parts.capability;
    return this.#meter ??= new CpuMeter(cpuMsMax, heldMs);
  }

  /** Begins the allowance anew, since the process waits. It has left its turn. */
  renew(): void {
    this.#usedEpochs = 0;
    this.#meter = undefined;
  }

  /** The same in its turn, since it would have waited. */
  renewNow(): void {
    this.#usedEpochs = -this.#sliceEpochs;
    this.#meter = undefined;
  }

  /** Why it must end; undefined while it may go on. */
  get excess(): ExitReason | undefined {
    const { epoch: { periodMs }, capability: { cpuMsMax } } = this.#parts;
    const heldMs = (this.#usedEpochs + this.#sliceEpochs) * periodMs;
    return heldMs > cpuMsMax && this.#measure(heldMs).isSpent(heldMs)
      ? cpuLimit(`Used more than ${cpuMsMax} ms of CPU time without waiting`)
      : undefined;
  }

  /** The same where it cannot be suspended, so that others wait for it. */
  get excessBelow(): ExitReason | undefined {
    const sliceMs = this.#sliceEpochs * this.#parts.epoch.periodMs;
    return this.excess ?? (sliceMs > BELOW_MS_MAX
      ? cpuLimit(
        `Used more than ${BELOW_MS_MAX} ms of CPU time where it cannot be suspended`,
      )
      : undefined);
  }
}

function cpuLimit(message: string): ExitReason {
  return { type: "limit", limit: "cpu", message };
}

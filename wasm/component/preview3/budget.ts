/**
 * How long a process that has a thread of its own may run without letting go of
 * it.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import type { Capability } from "../../capability.ts";
import { CpuMeter } from "../../cpu_meter.ts";
import type { Epoch } from "../../epoch.ts";

/** Measures stretches: from one turn of the event loop to the next. */
export class Budget {
  readonly #epoch: Epoch;
  readonly #cpuMsMax: number;
  // Undefined before the first tick of one.
  #meter: CpuMeter | undefined;
  // When the stretch began; undefined before the first check of one.
  #began: number | undefined;

  /** @param capability How long a stretch may be. */
  constructor(epoch: Epoch, { cpuMsMax }: Capability) {
    this.#epoch = epoch;
    this.#cpuMsMax = cpuMsMax;
  }

  /** Why the process must end; undefined while it may go on. To be asked by each check. */
  get excess(): ExitReason | undefined {
    const { periodMs } = this.#epoch;
    const now = this.#epoch.now();
    if (this.#began === undefined) this.#begin(now);
    const heldMs = ((now - this.#began!) | 0) * periodMs;
    if (!this.#isSpent(heldMs)) return undefined;
    const message =
      `Used more than ${this.#cpuMsMax} ms of CPU time without waiting`;
    return { type: "limit", limit: "cpu", message };
  }

  #isSpent(heldMs: number): boolean {
    if (heldMs === 0) return false;
    this.#meter ??= new CpuMeter(this.#cpuMsMax, heldMs);
    return this.#meter.isSpent(heldMs);
  }

  // Whoever runs a macrotask does not run the guest.
  #begin(now: number): void {
    this.#began = now;
    setImmediate(() => {
      this.#began = undefined;
      this.#meter = undefined;
    });
  }
}

/**
 * The clock that guests are preempted by: a number in shared memory that a
 * thread of its own counts up.
 *
 * @module
 */

import { EPOCH_MS } from "./limits.ts";

// Cells of the memory.
const TICKS = 0;
const HALTED = 1;

/** An epoch, as everything but its ticker sees it. It can be posted to a Worker as its memory. */
export class Epoch {
  /** The memory that guests read; the epoch is in its first four bytes. */
  readonly memory: WebAssembly.Memory;
  /** Milliseconds between two ticks. */
  readonly periodMs: number;
  /** Ticks after which a guest that runs is preempted; earlier when others come who were not. */
  readonly sliceTicks: number;
  readonly #cells: Int32Array;

  /** An epoch in a memory that a ticker was given, or in a new one, which stands still. */
  constructor(
    memory: WebAssembly.Memory = newMemory(),
    periodMs: number = EPOCH_MS,
    sliceTicks = 1,
  ) {
    this.memory = memory;
    this.periodMs = periodMs;
    this.sliceTicks = sliceTicks;
    this.#cells = new Int32Array(memory.buffer);
  }

  /** How often it has ticked, as a 32-bit integer that wraps around. */
  now(): number {
    return Atomics.load(this.#cells, TICKS);
  }

  /** Ticks once. */
  tick(): void {
    Atomics.add(this.#cells, TICKS, 1);
  }

  /** Has guests end that cannot hear of it in another way, in all threads. */
  halt(): void {
    Atomics.store(this.#cells, HALTED, 1);
  }

  /** Whether they must end. */
  get isHalted(): boolean {
    return Atomics.load(this.#cells, HALTED) !== 0;
  }
}

function newMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
}

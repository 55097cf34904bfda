/**
 * Ceilings: what all guests of the OS process together may take of the machine.
 *
 * @module
 */

import {
  BYTES_SHARE,
  CEILING_POLL_MS,
  COLLECT_MS_MIN,
  FIBER_MAPS,
  MAPS_MAX,
  MAPS_SHARE,
  NEAR_SHARE,
  SPARE_MAPS_MAX,
  SPAWN_WAIT_MS_MAX,
  SYSTEM_BYTES,
  WAITING_SPAWNS_MAX,
} from "./core/limits.ts";
import { collectGarbage } from "./garbage.ts";

/** What something takes. */
export interface Cost {
  /** Maps of memory. V8 aborts the OS process when there are no more. */
  readonly maps: number;
  /** Bytes of memory. */
  readonly bytes: number;
}

/** Ceilings as they are posted to a Worker. */
export interface CeilingsSeed {
  /** What is taken: maps, and units of bytes. */
  readonly taken: SharedArrayBuffer;
  /** What may be taken. */
  readonly max: Cost;
  /** How many spawns of one thread may wait. */
  readonly waitingMax: number;
  /** How long each may wait, in milliseconds. */
  readonly waitMsMax: number;
}

/** Someone who gives back what it takes while it does nothing. */
export interface Sitting {
  /** Gives it back. Called once. */
  giveBack(): void;
}

interface Waiting {
  readonly costOf: () => Cost;
  readonly deadlineMs: number;
  readonly resolve: (reserved: Cost | undefined) => void;
}

const MAPS = 0;
const UNITS = 1;

// Bytes are counted in pages of Wasm, so that 32 bits are enough.
const UNIT_BYTES = 65_536;

/**
 * Counts what is taken, over all threads, and refuses what would be too much.
 *
 * @example
 * ```ts
 * import { Ceilings } from "./ceilings.ts";
 * import { strictEqual } from "node:assert";
 *
 * const ceilings = new Ceilings({ ...Ceilings.seed(), max: { maps: 5, bytes: 0 } });
 * strictEqual(ceilings.tryReserve({ maps: 4, bytes: 0 }), true);
 * strictEqual(ceilings.tryReserve({ maps: 4, bytes: 0 }), false);
 * ```
 */
export class Ceilings {
  /** For {@linkcode Ceilings} of other threads. */
  readonly seed: CeilingsSeed;
  readonly #taken: Int32Array;
  readonly #unitsMax: number;
  readonly #sitting = new Set<Sitting>();
  #waiting: Waiting[] = [];
  #isPolling = false;
  #collectedAtMs = -Infinity;
  #isCollecting = false;
  // Of stacks that no fiber uses.
  #spareMaps = 0;
  // Of them, at the last collection.
  #oldSpareMaps = 0;
  // Here, since whoever used something can be gone before it is collected.
  readonly #collected = new FinalizationRegistry<Cost>((cost) =>
    this.release(cost)
  );

  /** Ceilings of this machine, or those that `seed` comes from. */
  constructor(seed: CeilingsSeed = Ceilings.seed()) {
    this.seed = seed;
    this.#taken = new Int32Array(seed.taken);
    this.#unitsMax = Math.floor(seed.max.bytes / UNIT_BYTES);
  }

  /** Ceilings of this machine, under which nothing is taken yet. */
  static seed(): CeilingsSeed {
    return {
      taken: new SharedArrayBuffer(8),
      max: {
        maps: Math.floor(mapsMax() * MAPS_SHARE),
        bytes: Math.floor(systemBytes() * BYTES_SHARE),
      },
      waitingMax: WAITING_SPAWNS_MAX,
      waitMsMax: SPAWN_WAIT_MS_MAX,
    };
  }

  /** What is taken, by all threads, stacks that wait for a fiber included. */
  get taken(): Cost {
    const maps = Atomics.load(this.#taken, MAPS);
    return { maps, bytes: Atomics.load(this.#taken, UNITS) * UNIT_BYTES };
  }

  /** How many spawns of this thread wait. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Whether so much is taken that who does nothing should take nothing. */
  get isNear(): boolean {
    return Atomics.load(this.#taken, MAPS) > this.seed.max.maps * NEAR_SHARE ||
      Atomics.load(this.#taken, UNITS) > this.#unitsMax * NEAR_SHARE;
  }

  /** Takes `cost`, if it is there and nobody waits for it. Returns whether it is the caller's now. */
  tryReserve(cost: Cost): boolean {
    return this.#waiting.length === 0 && this.#take(cost);
  }

  #take({ maps, bytes }: Cost): boolean {
    // Whoever takes maps takes those of a fiber, which finished ones leave.
    const spare = Math.min(this.#spareMaps, maps, FIBER_MAPS);
    const units = unitsOf(bytes);
    const mapsTaken = Atomics.add(this.#taken, MAPS, maps - spare) + maps -
      spare;
    const unitsTaken = Atomics.add(this.#taken, UNITS, units) + units;
    const isTaken = mapsTaken <= this.seed.max.maps &&
      unitsTaken <= this.#unitsMax;
    if (isTaken) this.#spareMaps -= spare;
    else this.#return(maps - spare, units);
    return isTaken;
  }

  #return(maps: number, units: number): void {
    Atomics.sub(this.#taken, MAPS, maps);
    Atomics.sub(this.#taken, UNITS, units);
  }

  /** Takes `cost`, if it is there, for what is alive already: in front of those who wait. */
  tryExtend(cost: Cost): boolean {
    return this.#take(cost);
  }

  /** Takes `cost`, whether it is there or not: for what is there already. */
  force({ maps, bytes }: Cost): void {
    Atomics.add(this.#taken, MAPS, maps);
    Atomics.add(this.#taken, UNITS, unitsOf(bytes));
  }

  /**
   * Takes what `costOf` returns, or waits for it behind all others.
   *
   * @param costOf Called again and again: it may become less.
   * @returns Resolves to what is the caller's now; to undefined when it did not
   * come in time, or too many wait.
   */
  reserve(costOf: () => Cost): Promise<Cost | undefined> {
    const reserved = this.#waiting.length === 0
      ? this.#makeRoom(costOf)
      : undefined;
    if (reserved !== undefined) return Promise.resolve(reserved);
    if (this.#waiting.length >= this.seed.waitingMax) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      const deadlineMs = performance.now() + this.seed.waitMsMax;
      this.#waiting.push({ costOf, deadlineMs, resolve });
      this.#poll();
    });
  }

  /** Gives back what was taken. */
  release({ maps, bytes }: Cost): void {
    this.#return(maps, unitsOf(bytes));
  }

  /** Gives back `cost` when V8 has collected `thing`, which nobody may use any more. */
  releaseWithGarbage(thing: object, cost: Cost): void {
    this.#collected.register(thing, cost);
  }

  /**
   * Gives back what a fiber took. Its stack stays for the next one, until V8
   * collects garbage.
   */
  releaseFiber(): void {
    this.#spareMaps += FIBER_MAPS;
    const isMuch = this.#spareMaps > SPARE_MAPS_MAX && this.isNear;
    if (isMuch) this.#collectSoon();
  }

  // Other threads cannot ask for it.
  #collectSoon(): void {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    setTimeout(() => {
      this.#isCollecting = false;
      this.#collect();
    }, COLLECT_MS_MIN);
  }

  /** Notes who can give something back while it sits. */
  sit(sitting: Sitting): void {
    this.#sitting.add(sitting);
  }

  /** Forgets it. */
  rise(sitting: Sitting): void {
    this.#sitting.delete(sitting);
  }

  // Other threads tell nobody what they release.
  #poll(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    setTimeout(() => {
      this.#isPolling = false;
      this.#admit();
      if (this.#waiting.length > 0) this.#poll();
    }, CEILING_POLL_MS);
  }

  #admit(): void {
    let count = 0;
    for (const { costOf, deadlineMs, resolve } of this.#waiting) {
      const reserved = this.#makeRoom(costOf);
      const isLate = performance.now() >= deadlineMs;
      if (reserved === undefined && !isLate) break;
      resolve(reserved);
      count++;
    }
    this.#waiting.splice(0, count);
  }

  #makeRoom(costOf: () => Cost): Cost | undefined {
    const cost = costOf();
    if (this.#take(cost)) return cost;
    for (const sitting of this.#sitting) {
      this.#sitting.delete(sitting);
      sitting.giveBack();
      const less = costOf();
      if (this.#take(less)) return less;
    }
    this.#collect();
    return undefined;
  }

  // Memories that nobody uses count until V8 has collected them, which it does
  // not hurry to do: to its heap each is a small object.
  #collect(): void {
    const nowMs = performance.now();
    if (nowMs - this.#collectedAtMs < COLLECT_MS_MIN) return;
    collectGarbage();
    this.#collectedAtMs = performance.now();
    this.#returnSpare();
  }

  // V8 may still hold on to a stack whose fiber has just ended: what was spare
  // at the collection before is gone with this one.
  #returnSpare(): void {
    const gone = Math.min(this.#oldSpareMaps, this.#spareMaps);
    this.#return(gone, 0);
    this.#spareMaps -= gone;
    this.#oldSpareMaps = this.#spareMaps;
  }
}

function unitsOf(bytes: number): number {
  return Math.ceil(bytes / UNIT_BYTES);
}

function mapsMax(): number {
  try {
    const text = Deno.readTextFileSync("/proc/sys/vm/max_map_count");
    return Number.parseInt(text) || MAPS_MAX;
  } catch {
    // Not Linux, or not for this process to read.
    return MAPS_MAX;
  }
}

function systemBytes(): number {
  try {
    return Deno.systemMemoryInfo().total;
  } catch {
    // Not for this process to know.
    return SYSTEM_BYTES;
  }
}

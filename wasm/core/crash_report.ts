/**
 * What is told of a guest that crashed: an exit reason, and a core dump when
 * one is wanted.
 *
 * @module
 */

import { crashOf, type ExitReason, type Pid } from "@rusm/otp";
import { originalOffset } from "../instrument/offset_map.ts";
import { coreDump } from "../trap/core_dump.ts";
import type { TrapSource } from "../trap/frames.ts";
import { type Trap, trapCrash, trapOf } from "../trap/trap.ts";
import type { CoreModule } from "./module.ts";
import type { ProcessInstance } from "./process_pool.ts";

/** What core dumps are made from, by all schedulers. It can be posted to a Worker. */
export interface DumpPlan {
  /** How many may still be made: one number of 32 bits. */
  readonly permits: SharedArrayBuffer;
  /** The module as it was written, in shared memory. */
  readonly source: Uint8Array;
}

/** A module whose guests may crash. */
export interface Crashing {
  /** The module. */
  readonly module: CoreModule;
  /** What it is called. */
  readonly name: string;
  /** What core dumps are made from; none are made when absent. */
  readonly dumps?: DumpPlan;
}

/** A guest that has thrown, and has not given its instance back. */
export interface Crashed {
  /** What it threw. */
  readonly thrown: unknown;
  /** Its pid. */
  readonly pid: Pid;
  /** Its instance; undefined when it was none yet. */
  readonly instance: ProcessInstance | undefined;
}

/** Takes a core dump, and owns it. */
export type TakeDump = (dump: Uint8Array<ArrayBuffer>) => void;

/** Allows `count` core dumps, over all schedulers. */
export function createPermits(count: number): SharedArrayBuffer {
  const permits = new SharedArrayBuffer(4);
  new Int32Array(permits)[0] = count;
  return permits;
}

/**
 * Makes the exit reason of guests of one module. A trap is told in the offsets
 * of the module as it was before it was rewritten, and dumped if that is allowed
 * once more. Whatever else a guest throws is no trap, and not dumped.
 */
export function crashReports(
  crashing: Crashing,
): (crashed: Crashed, take: TakeDump) => ExitReason {
  const { module, name } = crashing;
  const source = sourceOf(module);
  return (crashed, take) => {
    const trap = trapOf(crashed.thrown, source);
    if (trap === undefined) return crashOf(crashed.thrown);
    const dump = dumpOf(trap, crashed, crashing);
    if (dump !== undefined) take(dump);
    return trapCrash(trap, name);
  };
}

/** How `module`, which was rewritten, relates to the one that was written. */
export function sourceOf(
  { offsets, overrunIndex, movedBy }: CoreModule,
): TrapSource {
  return {
    originalOffset: (offset) => originalOffset(offsets, offset),
    overrunIndex,
    movedBy,
  };
}

/** The exit reason of a guest that ended with `thrown`, without a core dump. */
export function reasonOf(
  thrown: unknown,
  name: string,
  source: TrapSource,
): ExitReason {
  const trap = trapOf(thrown, source);
  return trap === undefined ? crashOf(thrown) : trapCrash(trap, name);
}

function dumpOf(
  { frames }: Trap,
  { pid, instance }: Crashed,
  { name, dumps }: Crashing,
): Uint8Array<ArrayBuffer> | undefined {
  if (dumps === undefined || instance?.contents === undefined) return undefined;
  if (!takePermit(dumps.permits)) return undefined;
  try {
    return coreDump({
      ...{ processName: `${name}${pid}`, moduleName: name, frames },
      ...{ module: dumps.source, ...instance.contents() },
    });
  } catch (error) {
    // No room for a copy of the memory: how the guest ended is still told.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

// Guests that crash when all are taken must not count it down for ever.
function takePermit(permits: SharedArrayBuffer): boolean {
  const left = new Int32Array(permits);
  return Atomics.load(left, 0) > 0 && Atomics.sub(left, 0, 1) > 0;
}

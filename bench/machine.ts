/**
 * Where a report was measured.
 *
 * @module
 */

import { availableParallelism, cpus } from "node:os";

/** A machine, as it stands in the JSON document. */
export interface Machine {
  /** Model of the processor. */
  readonly cpu: string;
  /** Processors that this process may use. */
  readonly cores: number;
  /** Memory of the machine, in bytes. */
  readonly memory: number;
  /** Operating system, its release, and the architecture. */
  readonly os: string;
}

/** This machine. */
export function thisMachine(): Machine {
  const { os, arch } = Deno.build;
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: Deno.systemMemoryInfo().total,
    os: `${os} ${Deno.osRelease()} ${arch}`,
  };
}

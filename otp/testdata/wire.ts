/**
 * Schedulers that reach each other at once, and lose the identity of objects
 * as real ones do.
 *
 * @module
 */

import type { Host } from "../host.ts";
import type { Runtime } from "../runtime.ts";
import type { Sim } from "../sim.ts";

export { copyOf } from "../sim/copy.ts";

/** One scheduler. */
export interface End {
  /** What runs there. */
  readonly runtime: Runtime;
  /** The machine that runs it. */
  readonly host: Host;
  /** Its index. */
  readonly scheduler: number;
}

/** `count` schedulers of one node, each on a machine of its own and joined to all others. */
export function cluster(sim: Sim, count: number): End[] {
  const options = { schedulers: count, latencyMs: [0, 0] } as const;
  return [...sim.cluster(options).schedulers];
}

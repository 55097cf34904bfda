/**
 * A runtime on a simulated machine.
 *
 * @module
 */

import { Runtime, type RuntimeOptions } from "../runtime.ts";
import { Sim, type SimHost } from "../sim.ts";

/** A runtime, its machine, and the clock of both. */
export interface Simulated {
  /** The clock. */
  readonly sim: Sim;
  /** The machine. */
  readonly host: SimHost;
  /** What runs there. */
  readonly runtime: Runtime;
}

/** A runtime without processes, on a machine and a clock of its own. */
export function simulated(options: RuntimeOptions = {}): Simulated {
  const sim = new Sim();
  const host = sim.host();
  return { sim, host, runtime: new Runtime({ ...options, host }) };
}

/**
 * An in-memory wire between runtimes, which loses the identity of objects as a
 * real one does.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { Pid } from "../pid.ts";
import { type Peer, Runtime } from "../runtime.ts";
import type { Signal } from "../signal.ts";
import type { Sim } from "../sim.ts";

/** One end of a wire. */
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
  const ends = Array.from({ length: count }, (_, scheduler) => {
    const host = sim.host();
    return { runtime: new Runtime({ host, scheduler }), host, scheduler };
  });
  for (const one of ends) {
    for (const other of ends) {
      if (one !== other) one.runtime.connect(other.scheduler, wireTo(other));
    }
  }
  return ends;
}

/** A way to `end`: signals arrive in later macrotasks of its host, copied. */
export function wireTo(end: End): Peer {
  return {
    send(signal) {
      const copy = copyOf(signal) as Signal;
      end.host.macrotask(() => end.runtime.signal(copy));
      return true;
    },
  };
}

/** A deep copy of plain data in which pids are new objects. */
export function copyOf(value: unknown): unknown {
  if (value instanceof Pid) {
    return new Pid(value.node, value.scheduler, value.serial, value.alias);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, copyOf(item)]));
}

/**
 * Collects garbage at once, to test what memory is held on to.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemHost } from "../host.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const { macrotask } = systemHost();

/** Collects all garbage. Waits for a macrotask first, since a WeakRef holds on until then. */
export async function collectGarbage(): Promise<void> {
  await new Promise<void>((resolve) => macrotask(resolve));
  gc();
}

/** Bytes on the heap that are in use after a collection. */
export async function heapBytes(): Promise<number> {
  await collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

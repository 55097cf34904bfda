/**
 * Guests that trap.
 *
 * @module
 */

import { ok, strictEqual } from "node:assert";

import type { TrapSource } from "../frames.ts";
import { type Trap, trapOf } from "../trap.ts";

/** What an instance exports, when all of it is functions that take nothing. */
export type Exports = Record<string, () => unknown>;

/** A module. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Instantiates a module that imports from `env`. */
export function instantiate(module: Bytes, env: object = {}): Exports {
  const imports = { env } as unknown as WebAssembly.Imports;
  const compiled = new WebAssembly.Module(module);
  return new WebAssembly.Instance(compiled, imports)
    .exports as unknown as Exports;
}

/** What `action` throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("Cannot find what was not thrown");
}

/** The trap that `action` throws. */
export function trapBy(action: () => unknown, source?: TrapSource): Trap {
  const trap = trapOf(thrownBy(action), source);
  ok(trap, "It is no trap");
  return trap;
}

/** What a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([promise]);
  strictEqual(result.status, "rejected");
  return result.reason;
}

/** What the frames of a trap are called. */
export function namesOf(trap: Trap | undefined): string[] | undefined {
  return trap?.frames.map((frame) =>
    frame.type === "host" ? "[host]" : frame.name ?? `${frame.functionIndex}`
  );
}

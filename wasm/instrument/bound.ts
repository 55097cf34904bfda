/**
 * Calls of imports that say who calls.
 *
 * A function that is imported takes one parameter more, the first: an object of
 * the host that stands for the instance. So one function serves all instances,
 * and none is made for each. Whatever named the import names a function in its
 * place that has the type that the import had, and calls it: calls, tail calls,
 * tables, references, exports and the start function need not be told apart.
 *
 * So it is also where some imports are not told: what stands in their place
 * calls them as they were.
 *
 * @module
 */

import { NotRewritable } from "./errors.ts";
import { SECTION } from "./sections.ts";
import type { Types } from "./types.ts";
import { Writer } from "./writer.ts";

/** Parameters that all imports of a module may have together: each is an instruction. */
export const BOUND_PARAMETERS_MAX = 100_000;

const OP = { end: 0x0b, call: 0x10, localGet: 0x20, globalGet: 0x23 } as const;

/** What stands in the place of imports. */
export interface BoundImports {
  /** The type of each function. */
  readonly types: readonly number[];
  /** Their bodies. */
  readonly bodies: readonly Uint8Array[];
}

/** Nothing stands in their place. */
export const UNBOUND: BoundImports = { types: [], bodies: [] };

/** Who is told what. */
export interface Binding {
  /** Index of the global that says who calls. */
  readonly self: number;
  /** Whether an import is told, by its index. */
  isBound(index: number): boolean;
}

/**
 * Functions that call imports.
 *
 * @param functionTypes The type that each import had, in order of their indices.
 * @throws {NotRewritable} The imports take too many parameters.
 */
export function boundImports(
  functionTypes: readonly number[],
  types: Types,
  binding: Binding,
): BoundImports {
  const counts = functionTypes.map((type) => types.parameterCount(type));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > BOUND_PARAMETERS_MAX) {
    throw new NotRewritable(
      `Cannot bind imports of more than ${BOUND_PARAMETERS_MAX} parameters: ${total}`,
      SECTION.import,
      0,
    );
  }
  const bodies = counts.map((count, index) => bodyOf(index, count, binding));
  return { types: functionTypes, bodies };
}

/**
 * ```wat
 * (call $import (global.get $self) (local.get 0) …)
 * ```
 */
function bodyOf(
  index: number,
  parameters: number,
  { self, isBound }: Binding,
): Uint8Array {
  const writer = new Writer();
  writer.byte(0);
  if (isBound(index)) {
    writer.byte(OP.globalGet);
    writer.u32(self);
  }
  for (let nth = 0; nth < parameters; nth++) {
    writer.byte(OP.localGet);
    writer.u32(nth);
  }
  writer.byte(OP.call);
  writer.u32(index);
  writer.byte(OP.end);
  return writer.bytes;
}

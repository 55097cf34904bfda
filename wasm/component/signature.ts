/**
 * Core types of lifted and lowered functions, and what of memory they need.
 *
 * @see Canonical ABI, "Flattening" and `canon_lower`.
 *
 * @module
 */

import { flatten, signatureOf } from "./canonical/signature.ts";
import type { CoreSignature } from "./core_module.ts";
import { InvalidComponent, type Place } from "./errors.ts";
import { clip, formatFunction } from "./format_type.ts";
import type { FunctionType } from "./value_type.ts";

/** What becomes of a function type in core Wasm. */
export interface Flattened {
  /** The core type. */
  readonly signature: CoreSignature;
  /** Whether a memory is needed. */
  readonly needsMemory: boolean;
  /** Whether the guest's memory must be allocated in. */
  readonly needsRealloc: boolean;
}

/**
 * What becomes of `type` when it is lifted (a guest's function) or lowered (for
 * a guest).
 *
 * @param place Where the binary says so.
 * @throws {InvalidComponent} The canonical ABI has no such functions here.
 */
export function flattenFunction(
  type: FunctionType,
  direction: "lift" | "lower",
  place: Place,
): Flattened {
  const signature = coreSignature(type, direction, place);
  const { params, paramsInMemory, result, isResultInMemory } = signatureOf(
    type,
  );
  const takesLists = params.some(({ allocates }) => allocates);
  const givesLists = result?.allocates ?? false;
  const isSpilled = paramsInMemory !== undefined;
  return {
    signature,
    needsMemory: isSpilled || isResultInMemory || takesLists || givesLists,
    needsRealloc: direction === "lift" ? isSpilled || takesLists : givesLists,
  };
}

function coreSignature(
  type: FunctionType,
  direction: "lift" | "lower",
  place: Place,
): CoreSignature {
  try {
    return flatten(type, direction);
  } catch (error) {
    // That is how it refuses what the caller should not have asked for: here
    // it was the component that did.
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidComponent(
      `Cannot link a function of type ${
        clip(formatFunction(type))
      }: ${error.message}`,
      place,
    );
  }
}

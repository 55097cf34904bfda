/**
 * Whether what a core module imports can be what there is.
 *
 * What is exported counts as it is declared, not as it has grown: so all that is
 * to know is known before anything is instantiated.
 *
 * @see WebAssembly Core, "Validation, Matching". Differs: references that have no
 * name in {@linkcode ValueType} are not told apart. The engine does that.
 *
 * @module
 */

import type { Limits } from "../instrument/memory_type.ts";
import type { ValueType } from "../instrument/reader.ts";
import {
  type CoreExtern,
  formatSignature,
  isSameSignature,
} from "./core_module.ts";

/** Whether an import of type `wanted` can be given something of type `found`. */
export function isFit(wanted: CoreExtern, found: CoreExtern): boolean {
  switch (wanted.kind) {
    case "func":
    case "tag":
      return wanted.kind === found.kind &&
        isSameSignature(wanted.signature, found.signature);
    case "memory":
      return wanted.kind === found.kind &&
        isWithin(found.limits, wanted.limits);
    case "table":
      return wanted.kind === found.kind && mayFit(wanted.type, found.type) &&
        isWithin(found.limits, wanted.limits);
    case "global":
      return wanted.kind === found.kind && mayFit(wanted.type, found.type) &&
        wanted.isMutable === found.isMutable;
  }
}

function isWithin(found: Limits, wanted: Limits): boolean {
  return found.is64 === wanted.is64 && found.isShared === wanted.isShared &&
    found.min >= wanted.min &&
    (found.max ?? Infinity) <= (wanted.max ?? Infinity);
}

function mayFit(wanted: ValueType, found: ValueType): boolean {
  if (wanted === found) return true;
  return isReference(wanted) && isReference(found) &&
    (wanted === "ref" || found === "ref");
}

function isReference(type: ValueType): boolean {
  return type.endsWith("ref");
}

/** `func (i32) -> ()`, `memory 1 2 shared` and so on, much as in Wasm text. */
export function formatExtern(type: CoreExtern): string {
  switch (type.kind) {
    case "func":
    case "tag":
      return `${type.kind} ${formatSignature(type.signature)}`;
    case "memory":
      return `memory ${formatLimits(type.limits)}`;
    case "table":
      return `table ${formatLimits(type.limits)} ${type.type}`;
    case "global":
      return `global ${type.isMutable ? `(mut ${type.type})` : type.type}`;
  }
}

function formatLimits({ min, max, is64, isShared }: Limits): string {
  return [is64 ? "i64" : "", min, max ?? "", isShared ? "shared" : ""]
    .filter((part) => part !== "").join(" ");
}

/**
 * The canonical ABI: functions of components as functions of JavaScript.
 *
 * | WIT                      | JavaScript                                        |
 * | ------------------------ | ------------------------------------------------- |
 * | `bool`, `string`, `char` | boolean, string, string of one code point         |
 * | `s8` … `u32`, `f32`, `f64` | number                                          |
 * | `s64`, `u64`             | bigint                                            |
 * | `list` of numbers        | typed array; an array, too, is lowered            |
 * | other `list`, `tuple`    | array                                             |
 * | `record`                 | object; `max-size` is `maxSize`                   |
 * | `flags`                  | object of booleans                                |
 * | `enum`                   | name of the case                                  |
 * | `variant`                | `{ tag, val }`                                    |
 * | `option`                 | value or undefined; `{ tag, val }` around another |
 * | `result`                 | `{ tag: "ok" or "err", val }`                     |
 * | function to a `result`   | returns the value, throws `ComponentError`        |
 * | `own`, `borrow`          | what the resource is to the one who implements it |
 *
 * @module
 */

export type { Caller, CanonicalOptions } from "./caller.ts";
export { Context, type StringEncoding } from "./context.ts";
export { CanonicalTrap, ComponentError, TypeMismatch } from "./errors.ts";
export type { CoreType, CoreValue } from "./flatten.ts";
export type { BorrowScope, Handle } from "./handles.ts";
export { HandleTable } from "./handles.ts";
export { ComponentInstanceState } from "./instance.ts";
export { liftExport } from "./lift_export.ts";
export { HANDLES_MAX, LIFTED_BYTES_MAX } from "./limits.ts";
export { lowerImport } from "./lower_import.ts";
export { makeOffer, type Offer } from "./offer.ts";
export {
  type Implementer,
  resourceDrop,
  resourceNew,
  resourceRep,
} from "./resources.ts";
export {
  type CoreFunction,
  type CoreFunctionType,
  flatten,
  type HostFunction,
  type ToldFunction,
} from "./signature.ts";

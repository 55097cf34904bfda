/**
 * What a check of a guest calls when its time is up, where it may or may not be
 * possible to suspend it.
 *
 * An import that suspends throws when frames of JavaScript lie above the guest,
 * as when the host has called its `realloc`. So the guest asks by a plain
 * import first, and calls the one that suspends only if it is told to.
 *
 * @module
 */

import { suspending } from "../fiber.ts";

/*
 * (module
 *   (import "" "a" (func $ask (result i32)))
 *   (import "" "b" (func $suspend (result i32)))
 *   (func (export "c") (result i32) (local i32)
 *     (if (result i32)
 *       (i32.eq (local.tee 0 (call $ask)) (i32.const 2))
 *       (then (call $suspend))
 *       (else (local.get 0)))))
 */
// deno-fmt-ignore
const BYTES = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f,
  0x02, 0x0b, 0x02, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00, 0x01, 0x62, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x05, 0x01, 0x01, 0x63, 0x00, 0x02,
  0x0a, 0x15, 0x01, 0x13, 0x01, 0x01, 0x7f,
  0x10, 0x00, 0x22, 0x00, 0x41, 0x02, 0x46,
  0x04, 0x7f, 0x10, 0x01, 0x05, 0x20, 0x00, 0x0b, 0x0b,
);

let module: WebAssembly.Module | undefined;

/** The answer of `ask` that says to call `suspend`. */
export const SUSPENDS = 2;

/**
 * Makes the import `overrun` of an instance.
 *
 * @param ask Whether the guest must end (1), may go on (0), or {@linkcode SUSPENDS}.
 * @param suspend Whether it must end (1) or may go on (0); may return a promise.
 */
export function overrunImport(
  ask: () => number,
  suspend: () => number | Promise<number>,
): WebAssembly.ImportValue {
  module ??= new WebAssembly.Module(BYTES);
  const imports = { "": { a: ask, b: suspending(suspend) } };
  return new WebAssembly.Instance(module, imports).exports["c"]!;
}

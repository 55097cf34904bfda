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
 *   (type (func (param externref) (result i32)))
 *   (import "" "a" (func $ask (type 0)))
 *   (import "" "b" (func $suspend (type 0)))
 *   (func (export "c") (type 0) (local i32)
 *     (if (result i32)
 *       (i32.eq (local.tee 1 (call $ask (local.get 0))) (i32.const 2))
 *       (then (call $suspend (local.get 0)))
 *       (else (local.get 1)))))
 */
// deno-fmt-ignore
const BYTES = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x06, 0x01, 0x60, 0x01, 0x6f, 0x01, 0x7f,
  0x02, 0x0b, 0x02, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00, 0x01, 0x62, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x05, 0x01, 0x01, 0x63, 0x00, 0x02,
  0x0a, 0x19, 0x01, 0x17, 0x01, 0x01, 0x7f,
  0x20, 0x00, 0x10, 0x00, 0x22, 0x01, 0x41, 0x02, 0x46,
  0x04, 0x7f, 0x20, 0x00, 0x10, 0x01, 0x05, 0x20, 0x01, 0x0b, 0x0b,
);

/** The answer of `ask` that says to call `suspend`. */
export const SUSPENDS = 2;

/** Who is asked whether a guest may go on. */
export interface Overrun {
  /** Whether the guest must end (1), may go on (0), or {@linkcode SUSPENDS}. */
  askOverrun(): number;
  /** Whether it must end (1) or may go on (0); may return a promise. */
  overrun(): number | Promise<number>;
}

let overrun: WebAssembly.ImportValue | undefined;

/** The import `overrun` of all instances of this thread: each says who it is, an {@linkcode Overrun}. */
export function overrunImport(): WebAssembly.ImportValue {
  overrun ??= newImport();
  return overrun;
}

function newImport(): WebAssembly.ImportValue {
  const imports = {
    "": {
      a: (self: Overrun) => self.askOverrun(),
      b: suspending((self: Overrun) => self.overrun()),
    },
  };
  const module = new WebAssembly.Module(BYTES);
  return new WebAssembly.Instance(module, imports).exports["c"]!;
}

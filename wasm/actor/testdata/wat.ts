/**
 * Guests of `rusm:runtime` that are written as a module.
 *
 * @module
 */

import { componentOf } from "../../component/testdata/source.ts";
import { ACTOR_WORLD } from "../mod.ts";

/** A guest that monitors itself or nobody, so often. */
export function assembleMonitors(
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return componentOf({
    main: `
      (import "rusm:runtime/actor@0.1.0" "monitor" (func $monitor (param i64)))
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "run") (local $i i32)
        (loop $l (call $monitor (i64.const 99))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${count})))))`,
    hosts: ACTOR_WORLD.filter(({ name }) => name.includes("types") || name.includes("actor")),
  });
}

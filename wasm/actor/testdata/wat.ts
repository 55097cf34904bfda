/**
 * Guests of `rusm:runtime` that are written as a module.
 *
 * @module
 */

import { componentOf } from "../../component/testdata/source.ts";

/** A guest that monitors nobody, so often. */
export function assembleMonitors(
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return componentOf({
    main: `
      (import "host" "monitor" (func $monitor (param i64)))
      (func (export "run") (local $i i32)
        (loop $l (call $monitor (i64.const 99))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
            (i32.const ${count})))))`,
    hosts: [{
      name: "rusm:runtime/actor@0.1.0",
      wit: "monitor: func(target: u64);",
      functions: { monitor() {} },
    }],
  });
}

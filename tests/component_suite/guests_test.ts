import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { component, section } from "../../wasm/component/testdata/encode.ts";
import { componentOf } from "../../wasm/component/testdata/source.ts";
import { runGuests } from "./guests.ts";

const MAIN = `
  (func (export "fine")) (func (export "traps") unreachable)
  (func (export "spins") (loop $l (br $l))) (func (export "takes") (param i32))
  (func (export "a:b/c#inner"))`;
const exports = {
  "": "fine: func(); traps: func(); spins: func(); takes: func(n: u32);",
  "a:b/c": "inner: func();",
};
const bytes = await componentOf({ main: MAIN, exports });
const map = component(section(7, [0x63, 0x7d, 0x7d])).slice();

Deno.test("runGuests() runs each function without parameters to its end", async () => {
  deepStrictEqual(await runGuests([["a", bytes], ["b", map]], 0), {
    ...{ loaded: 1, refused: 1 },
    endings: new Map([
      ["normal", 2],
      ["crashed: Trap: unreachable: in function", 1],
      ["limit cpu: Used more than N ms of CPU time without waiting", 1],
    ]),
  });
});

Deno.test("runGuests() runs mutations, too", async () => {
  const fine = await componentOf({ main: `(func (export "run"))` });
  const { loaded, refused } = await runGuests([["a", fine]], 20);
  strictEqual(loaded + refused, 21);
  ok(loaded > 0 && refused > 0, `${loaded}`);
});

import { deepStrictEqual } from "node:assert";
import { assemble } from "../../wasm/instrument/testdata/text.ts";
import { runGuests } from "./guests.ts";

Deno.test("runGuests() runs each function of each module to its end", async () => {
  const texts = [
    `(func (export "fine")) (func (export "traps") unreachable) (memory (export "memory") 1)`,
    `(func (export "spins") (loop $l (br $l))) (func (export "takes") (param i32))`,
    `(import "no" "such" (func))`,
  ];
  const modules = await Promise.all(
    texts.map(async (text) =>
      [text, await assemble(`(module ${text})`)] as const
    ),
  );
  deepStrictEqual(await runGuests(modules), {
    ...{ loaded: 2, refused: 1 },
    endings: new Map([
      ["normal", 1],
      ["crashed: Trap: unreachable: in function", 1],
      ["limit cpu: Used more than N ms of CPU time without waiting", 1],
      ["crashed: TypeError: Cannot find an exported function", 1],
    ]),
  });
});

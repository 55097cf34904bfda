import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { copyBytes } from "./copy_bytes.ts";

Deno.test("copyBytes() writes what set() does, and nothing beside it", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(
      bytes,
      fc.nat(),
      fc.nat(),
      fc.nat(9),
      (from, one, other, at) => {
        const [start, end] = [one % from.length, other % from.length].toSorted(
          (less, more) => less - more,
        ) as [number, number];
        const into = new Uint8Array(320).fill(7);
        const expected = into.slice();
        expected.set(from.slice(start, end), at);
        copyBytes(from, start, end, into, at);
        deepStrictEqual(into, expected);
      },
    ),
  );
});

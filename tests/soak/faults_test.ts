import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { FAULTS, FINE, handlerSource, pick } from "./faults.ts";

Deno.test("pick() gives each kind its part", () => {
  const counts = new Map<string, number>();
  for (let nth = 0; nth < 1_000_000; nth++) {
    const { name } = pick(nth / 1_000_000);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const expected = [...FAULTS, FINE].map(({ name, perMillion }) => [
    name,
    perMillion,
  ]);
  deepStrictEqual([...counts], expected);
});

Deno.test("handlerSource() has a function for each kind", async () => {
  const exports: { default?: (request: Request) => unknown } = {};
  new Function("exports", handlerSource())(exports);
  const ask = (name: string) =>
    exports.default!(new Request(`http://soak.test/${name}`));
  const fine = ask(FINE.name) as Response;
  strictEqual(await fine.text(), "fine");
  for (const { name } of FAULTS) ok(handlerSource().includes(`\n  ${name}: `));
});

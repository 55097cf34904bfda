import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { Kept } from "./kept.ts";
import { Clock } from "./testdata/clock.ts";

function setup(countMax = 3) {
  const clock = new Clock();
  const discarded: string[] = [];
  const stuck = new Set<string>();
  const kept = new Kept<string>({
    ...{ host: clock, idleMs: 10, countMax },
    discard(value) {
      if (stuck.has(value)) return false;
      discarded.push(value);
      return true;
    },
  });
  const made: string[] = [];
  const make = (key: string) => () => {
    made.push(key);
    return Promise.resolve(key);
  };
  const use = (key: string) => kept.use(key, make(key), (value) => value);
  return { clock, discarded, stuck, kept, made, use };
}

Deno.test("Kept.use() makes each thing once for all who ask meanwhile", async () => {
  const { use, made, kept } = setup();
  deepStrictEqual(await Promise.all([use("a"), use("a"), use("b")]), [
    ...["a", "a", "b"],
  ]);
  await use("a");
  deepStrictEqual(made, ["a", "b"]);
  deepStrictEqual(kept.peek("a"), { value: "a" });
  strictEqual(kept.peek("c"), undefined);
  kept.close();
});

Deno.test("Kept.use() keeps nothing that could not be made", async () => {
  const { kept, use, made } = setup();
  const fails = () =>
    kept.use("a", () => Promise.reject(new Error("no")), () => {});
  await Promise.all([rejects(fails(), /^Error: no$/), rejects(fails())]);
  strictEqual(kept.count, 0);
  strictEqual(await use("a"), "a");
  deepStrictEqual(made, ["a"]);
  kept.close();
});

Deno.test("Kept drops what was not used for idleMs, and stops its clock when nothing is left", async () => {
  const { use, kept, clock, discarded } = setup();
  await use("a");
  await use("b");
  clock.advance(9);
  await use("a");
  clock.advance(6);
  deepStrictEqual(discarded, ["b"]);
  strictEqual(kept.count, 1);
  kept.peek("a");
  clock.advance(9);
  deepStrictEqual(discarded, ["b"]);
  clock.advance(6);
  deepStrictEqual(discarded, ["b", "a"]);
  strictEqual(clock.timerCount, 0);
});

Deno.test("Kept asks again for what cannot be dropped yet", async () => {
  const { use, clock, discarded, stuck } = setup();
  stuck.add("a");
  await use("a");
  await use("b");
  clock.advance(30);
  deepStrictEqual(discarded, ["b"]);
  stuck.clear();
  clock.advance(10);
  deepStrictEqual(discarded, ["b", "a"]);
});

Deno.test("Kept.use() drops what was not used for longest when there is too much", async () => {
  const { use, discarded, stuck, kept } = setup();
  for (const key of ["a", "b", "c"]) await use(key);
  await use("a");
  await use("d");
  deepStrictEqual(discarded, ["b"]);
  for (const key of ["a", "c", "d"]) stuck.add(key);
  await rejects(use("e"), {
    name: "RangeError",
    message: "Cannot keep more components of dynamic code that run: 3",
  });
  kept.close();
});

Deno.test("Kept.use() drops nothing that is being made or waited for", async () => {
  const { kept, use, discarded } = setup(1);
  const making = Promise.withResolvers<string>();
  const using = kept.use("a", () => making.promise, (value) => {
    // Whoever is told of it first asks for more, and gets no room.
    return [value, use("b").catch(({ name }) => name)] as const;
  });
  await rejects(use("b"), { name: "RangeError" });
  making.resolve("a");
  const [value, other] = await using;
  deepStrictEqual([value, await other], ["a", "RangeError"]);
  deepStrictEqual(discarded, []);
  await use("b");
  deepStrictEqual(discarded, ["a"]);
  kept.close();
});

Deno.test("Kept.close() stops the clock, also of what is made later", async () => {
  const { use, kept, clock } = setup();
  await use("a");
  strictEqual(clock.timerCount, 1);
  kept.close();
  await use("b");
  strictEqual(clock.timerCount, 0);
  strictEqual(kept.count, 2);
});

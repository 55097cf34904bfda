import { deepStrictEqual } from "node:assert";
import { atTurnEnd } from "./turn_end.ts";

Deno.test("atTurnEnd() calls behind all microtasks, in order", async () => {
  const calls: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const note = (call: string) => void calls.push(call);
  atTurnEnd(() => note("first"));
  atTurnEnd(() => {
    note("second");
    // Begun meanwhile: in the turn behind this one.
    atTurnEnd(() => note("fourth"));
    atTurnEnd(resolve);
  });
  atTurnEnd(() => note("third"));
  for (let count = 0; count < 3; count++) await undefined;
  note("microtask");
  await promise;
  deepStrictEqual(calls, ["microtask", "first", "second", "third", "fourth"]);
});

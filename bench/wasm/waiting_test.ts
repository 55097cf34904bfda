import { ok } from "node:assert";
import {
  measureFlatSend,
  measureFlatSpawn,
  measureHibernated,
  measureParked,
} from "./waiting.ts";

Deno.test("measureParked() finds that guests weigh something", async () => {
  ok((await measureParked(1_000))["parkedBytes"]! > 0);
});

Deno.test("measureHibernated() wakes services that are without an instance", async () => {
  const figures = await measureHibernated(2_000, 1_000);
  ok(figures["residentBytes"]! > 0);
  ok(figures["processUs"]! > 0);
});

for (const measure of [measureFlatSpawn, measureFlatSend]) {
  Deno.test(`${measure.name}() has a cost beside few and beside many`, async () => {
    const figures = await measure(200, 1_000);
    ok(figures["fewUs"]! > 0);
    ok(figures["manyUs"]! > 0);
  });
}

import { ok } from "node:assert";
import {
  type Begin,
  callers,
  measureBystanders,
  waitingPairs,
  withSpawns,
} from "./schedulers.ts";

for (const schedulers of [1, 2]) {
  Deno.test(`withSpawns() hears of all ends with ${schedulers} schedulers, each time`, async () => {
    const counts = { total: 50, window: 20 };
    await withSpawns(schedulers, counts, async (spawnAll) => {
      ok(await spawnAll() > 0);
      ok(await spawnAll() > 0);
    });
  });
}

const BYSTANDERS: [name: string, begin: Begin][] = [
  ["callers", callers],
  ["waitingPairs", waitingPairs(2)],
];

for (const [name, begin] of BYSTANDERS) {
  Deno.test(`measureBystanders() sees ${name} get on beside spinners, and leaves none`, async () => {
    const figures = await measureBystanders(100, begin);
    ok(figures["alonePerSecond"]! > 0);
    ok(figures["besidePerSecond"]! > 0);
  });
}

import { deepStrictEqual, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { Epoch } from "../../epoch.ts";
import { Budget } from "./budget.ts";

const TIGHT = { ...BUILT_IN_PROFILES.get("sandboxed")!, cpuMsMax: 20 };

function tick(epoch: Epoch, times: number): void {
  for (let nth = 0; nth < times; nth++) epoch.tick();
}

// TypeScript takes what a getter gave before for what it gives now.
function isOver({ excess }: Budget): boolean {
  return excess !== undefined;
}

Deno.test("Budget ends who keeps the thread for too long", async () => {
  const epoch = new Epoch(undefined, 10);
  const budget = new Budget(epoch, TIGHT);
  strictEqual(budget.excess, undefined);
  tick(epoch, 2);
  strictEqual(budget.excess, undefined);
  tick(epoch, 1);
  deepStrictEqual(budget.excess, {
    type: "limit",
    limit: "cpu",
    message: "Used more than 20 ms of CPU time without waiting",
  });
  await new Promise<void>((resolve) => setImmediate(resolve));
});

Deno.test("Budget begins anew when the event loop has gone round", async () => {
  const epoch = new Epoch(undefined, 10);
  const budget = new Budget(epoch, TIGHT);
  for (let round = 0; round < 3; round++) {
    strictEqual(budget.excess, undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
    tick(epoch, 2);
  }
});

Deno.test("Budget counts across the wrap of the epoch", async () => {
  const epoch = new Epoch(undefined, 10);
  new Int32Array(epoch.memory.buffer)[0] = 2 ** 31 - 1;
  const budget = new Budget(epoch, TIGHT);
  strictEqual(budget.excess, undefined);
  tick(epoch, 2);
  strictEqual(budget.excess, undefined);
  tick(epoch, 1);
  strictEqual(isOver(budget), true);
  await new Promise<void>((resolve) => setImmediate(resolve));
});

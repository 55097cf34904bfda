import { deepStrictEqual, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { Epoch } from "../../epoch.ts";
import { type Pass, withTimes } from "../../testdata/times.ts";
import { Budget } from "./budget.ts";

const TIGHT = { ...BUILT_IN_PROFILES.get("sandboxed")!, cpuMsMax: 20 };

/** Ticks every 10 ms, of which the thread runs for `cpuMs`. */
function tick(epoch: Epoch, times: number, pass: Pass, cpuMs = 10): void {
  for (let nth = 0; nth < times; nth++) {
    pass(10, cpuMs);
    epoch.tick();
  }
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

// TypeScript takes what a getter gave before for what it gives now.
function isOver({ excess }: Budget): boolean {
  return excess !== undefined;
}

Deno.test("Budget ends who keeps the thread for too long", async () => {
  const epoch = new Epoch(undefined, 10);
  const budget = new Budget(epoch, TIGHT);
  withTimes((pass) => {
    strictEqual(budget.excess, undefined);
    tick(epoch, 2, pass);
    strictEqual(budget.excess, undefined);
    tick(epoch, 1, pass);
    deepStrictEqual(budget.excess, {
      type: "limit",
      limit: "cpu",
      message: "Used more than 20 ms of CPU time without waiting",
    });
  });
  await turnOfEventLoop();
});

Deno.test("Budget does not end who keeps the thread while the system runs others", async () => {
  const epoch = new Epoch(undefined, 10);
  const budget = new Budget(epoch, TIGHT);
  withTimes((pass) => {
    strictEqual(budget.excess, undefined);
    tick(epoch, 1, pass);
    strictEqual(budget.excess, undefined);
    tick(epoch, 4, pass, 2);
    strictEqual(budget.excess, undefined);
    tick(epoch, 1, pass);
    strictEqual(isOver(budget), true);
  });
  await turnOfEventLoop();
});

Deno.test("Budget begins anew when the event loop has gone round", async () => {
  const epoch = new Epoch(undefined, 10);
  const budget = new Budget(epoch, TIGHT);
  for (let round = 0; round < 3; round++) {
    withTimes((pass) => {
      strictEqual(budget.excess, undefined);
      tick(epoch, 2, pass);
      strictEqual(budget.excess, undefined);
    });
    await turnOfEventLoop();
  }
});

Deno.test("Budget counts across the wrap of the epoch", async () => {
  const epoch = new Epoch(undefined, 10);
  new Int32Array(epoch.memory.buffer)[0] = 2 ** 31 - 1;
  const budget = new Budget(epoch, TIGHT);
  withTimes((pass) => {
    strictEqual(budget.excess, undefined);
    tick(epoch, 2, pass);
    strictEqual(budget.excess, undefined);
    tick(epoch, 1, pass);
    strictEqual(isOver(budget), true);
  });
  await turnOfEventLoop();
});

import { strictEqual } from "node:assert";

import { SLICE_MS } from "../limits.ts";
import { type Pass, withTimes } from "../testdata/times.ts";
import { CpuBudget } from "./cpu_budget.ts";

/** Has the guest run for `ms`, in slices. */
function run(budget: CpuBudget, ms: number, pass: Pass): void {
  for (let leftMs = ms; leftMs > 0; leftMs -= SLICE_MS) {
    budget.resume();
    pass(Math.min(leftMs, SLICE_MS));
    budget.pause();
  }
  budget.resume();
}

Deno.test("CpuBudget.isSpent() counts what passes while the guest runs, and no more", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    run(budget, 60, pass);
    budget.pause();
    pass(1_000, 0);
    run(budget, 40, pass);
    strictEqual(budget.isSpent(), false);
    pass(1);
    strictEqual(budget.isSpent(), true);
  });
});

Deno.test("CpuBudget.renew() gives the whole budget to the next slice", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    run(budget, 100, pass);
    budget.pause();
    budget.renew();
    pass(500, 0);
    run(budget, 100, pass);
    strictEqual(budget.isSpent(), false);
    pass(1);
    strictEqual(budget.isSpent(), true);
  });
});

Deno.test("CpuBudget.isSliceOver() looks at this slice alone", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(1_000);
    budget.resume();
    pass(SLICE_MS - 1);
    strictEqual(budget.isSliceOver(), false);
    pass(1);
    strictEqual(budget.isSliceOver(), true);
    budget.pause();
    budget.resume();
    strictEqual(budget.isSliceOver(), false);
  });
});

Deno.test("CpuBudget.isSpent() leaves out what the system gives to others", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    budget.resume();
    pass(150, 0);
    strictEqual(budget.isSpent(), false);
    pass(100, 100 - SLICE_MS);
    strictEqual(budget.isSpent(), false);
    pass(2);
    strictEqual(budget.isSpent(), true);
  });
});

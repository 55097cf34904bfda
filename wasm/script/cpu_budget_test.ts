import { strictEqual } from "node:assert";

import { SLICE_MS } from "../limits.ts";
import { withTimes } from "../testdata/times.ts";
import { CpuBudget } from "./cpu_budget.ts";

Deno.test("CpuBudget.isSpent() counts what passes while the guest runs, and no more", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    budget.resume();
    pass(60);
    budget.pause();
    pass(1_000);
    budget.resume();
    pass(40);
    strictEqual(budget.isSpent(), false);
    pass(1);
    strictEqual(budget.isSpent(), true);
  });
});

Deno.test("CpuBudget.renew() gives the whole budget to the next slice", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    budget.resume();
    pass(100);
    budget.pause();
    budget.renew();
    pass(500);
    budget.resume();
    pass(100);
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

Deno.test("CpuBudget.isSpent() leaves out what the system gives to others behind the first slice", () => {
  withTimes((pass) => {
    const budget = new CpuBudget(100);
    budget.resume();
    pass(SLICE_MS, 0);
    budget.pause();
    budget.resume();
    pass(100, 50);
    strictEqual(budget.isSpent(), false);
    budget.pause();
    budget.renew();
    budget.resume();
    pass(101, 0);
    strictEqual(budget.isSpent(), true);
  });
});

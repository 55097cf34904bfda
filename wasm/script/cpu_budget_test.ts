import { strictEqual } from "node:assert";

import { SLICE_MS } from "../limits.ts";
import { CpuBudget } from "./cpu_budget.ts";

/** Runs `test` with a clock that only the test moves. */
function withClock(test: (pass: (ms: number) => void) => void): void {
  const real = performance.now;
  let nowMs = 1_000;
  performance.now = () => nowMs;
  try {
    test((ms) => nowMs += ms);
  } finally {
    performance.now = real;
  }
}

Deno.test("CpuBudget.isSpent() counts what passes while the guest runs, and no more", () => {
  withClock((pass) => {
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
  withClock((pass) => {
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
  withClock((pass) => {
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

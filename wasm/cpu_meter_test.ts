import { strictEqual } from "node:assert";
import process from "node:process";

import { CpuMeter } from "./cpu_meter.ts";
import { STARVATION_MAX } from "./limits.ts";
import { withTimes } from "./testdata/times.ts";

Deno.test("CpuMeter.isSpent() tells CPU time, and not what others have had", () => {
  withTimes((pass) => {
    const meter = new CpuMeter(100, 10);
    pass(190, 50);
    strictEqual(meter.isSpent(200), false);
    pass(60, 40);
    strictEqual(meter.isSpent(260), false);
    pass(2);
    strictEqual(meter.isSpent(262), true);
  });
});

Deno.test("CpuMeter.isSpent() does not take the time of other guests for that of this one", () => {
  withTimes((pass) => {
    const meter = new CpuMeter(100, 10);
    pass(1_000);
    strictEqual(meter.isSpent(100), false);
    strictEqual(meter.isSpent(101), true);
  });
});

Deno.test("CpuMeter.isSpent() does not ask the system before it can have changed", () => {
  withTimes((pass) => {
    const meter = new CpuMeter(100, 0);
    const stubbed = process.threadCpuUsage;
    let asked = 0;
    process.threadCpuUsage = () => {
      asked++;
      return stubbed();
    };
    strictEqual(meter.isSpent(100), false);
    strictEqual(asked, 0);
    pass(150, 60);
    for (const heldMs of [150, 151, 190]) {
      strictEqual(meter.isSpent(heldMs), false);
    }
    strictEqual(asked, 1);
    strictEqual(meter.isSpent(191), false);
    strictEqual(asked, 2);
  });
});

Deno.test("CpuMeter.isSpent() has an end where nothing but others run", () => {
  withTimes((pass) => {
    const meter = new CpuMeter(100, 10);
    pass(STARVATION_MAX * 100, 0);
    strictEqual(meter.isSpent(STARVATION_MAX * 100), false);
    strictEqual(meter.isSpent(STARVATION_MAX * 100 + 1), true);
  });
});

Deno.test("CpuMeter.isSpent() goes by the clock where the system tells nothing", () => {
  withTimes((pass) => {
    process.threadCpuUsage = () => {
      throw new Error("Cannot tell the CPU time of a thread");
    };
    const meter = new CpuMeter(100, 10);
    pass(101, 0);
    strictEqual(meter.isSpent(100), false);
    strictEqual(meter.isSpent(101), true);
  });
});

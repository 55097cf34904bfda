import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { Epoch } from "../../epoch.ts";
import { type Pass, withTimes } from "../../testdata/times.ts";
import { Budget } from "./budget.ts";

const TIGHT = { ...BUILT_IN_PROFILES.get("sandboxed")!, cpuMsMax: 20 };

/** Ticks after 10 ms, of which the thread runs for `cpuMs`, and looks. */
function tick({ epoch, budget }: Watched, pass: Pass, cpuMs = 10) {
  pass(10, cpuMs);
  epoch.tick();
  return budget.excess;
}

interface Watched {
  readonly epoch: Epoch;
  readonly budget: Budget;
}

function watched(): Watched {
  const epoch = new Epoch(undefined, 10);
  return { epoch, budget: new Budget(epoch, TIGHT) };
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("Budget ends who keeps the thread for too long", async () => {
  const guest = watched();
  withTimes((pass) => {
    strictEqual(guest.budget.excess, undefined);
    strictEqual(tick(guest, pass), undefined);
    strictEqual(tick(guest, pass), undefined);
    deepStrictEqual(tick(guest, pass), {
      type: "limit",
      limit: "cpu",
      message: "Used more than 20 ms of CPU time without waiting",
    });
  });
  await turnOfEventLoop();
});

Deno.test("Budget does not end who keeps the thread while the system runs others", async () => {
  const guest = watched();
  withTimes((pass) => {
    strictEqual(guest.budget.excess, undefined);
    strictEqual(tick(guest, pass), undefined);
    for (const cpuMs of [2, 3, 2, 3]) {
      strictEqual(tick(guest, pass, cpuMs), undefined);
    }
    ok(tick(guest, pass, 1));
  });
  await turnOfEventLoop();
});

Deno.test("Budget begins anew when the event loop has gone round", async () => {
  const guest = watched();
  for (let round = 0; round < 3; round++) {
    withTimes((pass) => {
      strictEqual(guest.budget.excess, undefined);
      strictEqual(tick(guest, pass), undefined);
      strictEqual(tick(guest, pass), undefined);
    });
    await turnOfEventLoop();
  }
});

Deno.test("Budget counts across the wrap of the epoch", async () => {
  const guest = watched();
  new Int32Array(guest.epoch.memory.buffer)[0] = 2 ** 31 - 1;
  withTimes((pass) => {
    strictEqual(guest.budget.excess, undefined);
    strictEqual(tick(guest, pass), undefined);
    strictEqual(tick(guest, pass), undefined);
    ok(tick(guest, pass));
  });
  await turnOfEventLoop();
});

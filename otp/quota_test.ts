import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import type { Overflow, Quota } from "./overflow.ts";
import { simulated } from "./testdata/simulated.ts";

/** Numbers that come to no more than `max`. */
class Sum implements Quota {
  readonly #max: number;
  total = 0;
  isCleared = false;

  constructor(max: number) {
    this.#max = max;
  }

  tryAdd(message: number): boolean {
    if (this.total + message > this.#max) return false;
    this.add(message);
    return true;
  }

  add(message: number): void {
    this.total += message;
  }

  remove(message: number): void {
    this.total -= message;
  }

  clear(): void {
    this.isCleared = true;
  }
}

const OVERFLOWS: Overflow[] = [
  "reject",
  "dropNewest",
  "dropOldest",
  "backPressure",
];

for (const overflow of OVERFLOWS) {
  Deno.test(`a quota refuses what is too much, also with ${overflow}`, async () => {
    const { sim, runtime } = simulated();
    const quota = new Sum(10);
    const gate = Promise.withResolvers<void>();
    const seen: number[] = [];
    const { pid } = runtime.spawn<number>(async (self) => {
      await gate.promise;
      for (;;) seen.push(await self.receive());
    }, { overflow, quota });
    await sim.run();
    const sends = [6, 5, 4, 1].map((value) => runtime.send(pid, value));
    deepStrictEqual(sends, [true, false, true, false]);
    strictEqual(await runtime.sendWhenRoom(pid, 7), false);
    strictEqual(runtime.info(pid)!.refused, 3);
    gate.resolve();
    await sim.run();
    deepStrictEqual([seen, quota.total], [[6, 4], 0]);
    // Whoever waits for it is handed what may not wait.
    strictEqual(runtime.send(pid, 11), true);
    runtime.kill(pid);
    strictEqual(quota.isCleared, true);
  });
}

Deno.test("a quota counts what waits and nothing else, whatever happens to it", async () => {
  const deed = fc.oneof(
    fc.record({ type: fc.constant("send"), value: fc.nat(9) }),
    fc.record({ type: fc.constant("urgent"), value: fc.nat(9) }),
    fc.record({ type: fc.constant("receive"), value: fc.constant(0) }),
    fc.record({ type: fc.constant("match"), value: fc.nat(9) }),
    fc.record({ type: fc.constant("stash"), value: fc.constant(0) }),
    fc.record({ type: fc.constant("unstash"), value: fc.constant(0) }),
    fc.record({ type: fc.constant("monitor"), value: fc.constant(0) }),
  );
  await fc.assert(fc.asyncProperty(
    fc.array(deed, { maxLength: 60 }),
    fc.constantFrom(...OVERFLOWS),
    async (deeds, overflow) => {
      const { sim, runtime } = simulated();
      const quota = new Sum(30);
      const gone = runtime.spawn(() => {}).pid;
      let waiting = 0;
      const { pid } = runtime.spawn<unknown>(async (self) => {
        const urgent = self.alias({ priority: true });
        let stashed = 0;
        for (const { type, value } of deeds) {
          if (type === "send") runtime.send(pid, value);
          if (type === "urgent") {
            runtime.send(urgent, value, { priority: true });
          }
          if (type === "monitor") self.monitor(gone);
          if (type === "unstash") self.unstash();
          if (type !== "receive" && type !== "match" && type !== "stash") {
            continue;
          }
          const match = (message: unknown) =>
            type !== "match" || message === value;
          const got = await self.receive({ match, timeoutMs: 0 });
          if (type === "stash" && typeof got === "number" && stashed++ < 5) {
            self.stash(got);
          }
        }
        self.unstash();
        for (;;) {
          const got = await self.receive({ timeoutMs: 0 });
          if (typeof got === "symbol") break;
          if (typeof got === "number") waiting += got;
          strictEqual(quota.total >= 0, true);
        }
      }, { mailboxMax: 8, overflow, quota });
      await sim.run();
      strictEqual(waiting <= 30 + 5 * 9, true);
      strictEqual(quota.total, 0);
    },
  ));
});

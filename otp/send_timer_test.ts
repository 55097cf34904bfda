import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { TIMER_DELAY_MS_MAX } from "./limits.ts";
import type { Pid } from "./pid.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

/** A process that notes when each message came. */
function listening(
  { sim, runtime }: Simulated,
): { pid: Pid<string>; heard: [number, string][] } {
  const heard: [number, string][] = [];
  const { pid } = runtime.spawn<string>(async (self) => {
    for (;;) {
      const message = await self.receive();
      heard.push([sim.nowMs, message]);
    }
  });
  return { pid, heard };
}

Deno.test("sendAfter() sends once, when it is due", async () => {
  const simulation = simulated();
  const { pid, heard } = listening(simulation);
  simulation.runtime.sendAfter(pid, 20, "second");
  simulation.runtime.sendAfter(pid, 10, "first");
  await simulation.sim.advance(100);
  deepStrictEqual(heard, [[10, "first"], [20, "second"]]);
});

Deno.test("cancel() tells whether it was in time", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { pid, heard } = listening(simulation);
  const early = runtime.sendAfter(pid, 10, "early");
  const late = runtime.sendAfter(pid, 10, "late");
  strictEqual(early.cancel(), true);
  strictEqual(early.cancel(), false);
  await sim.advance(10);
  strictEqual(late.cancel(), false);
  deepStrictEqual(heard, [[10, "late"]]);
});

Deno.test("isPending tells whether a message is still to be sent", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { pid } = listening(simulation);
  const sent = runtime.sendAfter(pid, 10, "sent");
  const cancelled = runtime.sendAfter(pid, 10, "cancelled");
  const every = runtime.sendEvery(pid, 10, "every");
  ok(sent.isPending && cancelled.isPending && every.isPending);
  cancelled.cancel();
  strictEqual(cancelled.isPending, false);
  await sim.advance(10);
  strictEqual(sent.isPending, false);
  strictEqual(every.isPending, true);
  every.cancel();
  strictEqual(every.isPending, false);
});

Deno.test("sendAfter() to a process that has ended does nothing", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn<string>(() => {});
  const timer = runtime.sendAfter(pid, 10, "late");
  await sim.advance(20);
  strictEqual(timer.cancel(), false);
});

Deno.test("sendEvery() sends at each period until it is cancelled", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { pid, heard } = listening(simulation);
  const timer = runtime.sendEvery(pid, 10, "tick");
  await sim.advance(35);
  ok(timer.cancel());
  await sim.advance(100);
  deepStrictEqual(heard.map(([atMs]) => atMs), [10, 20, 30]);
});

Deno.test("sendEvery() ends with the process, and lets go of the host", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  const { pid } = listening(simulation);
  runtime.sendEvery(pid, 10, "tick");
  await sim.advance(20);
  runtime.kill(pid);
  // Comes to an end only when no timer is left.
  await sim.run();
  strictEqual(sim.nowMs, 30);
});

for (const delayMs of [-1, NaN, TIMER_DELAY_MS_MAX + 1]) {
  Deno.test(`sendAfter() and sendEvery() refuse ${delayMs} ms`, () => {
    const simulation = simulated();
    const { runtime } = simulation;
    const { pid } = listening(simulation);
    throws(() => runtime.sendAfter(pid, delayMs, ""), RangeError);
    throws(() => runtime.sendEvery(pid, delayMs, ""), RangeError);
  });
}

Deno.test("sendEvery() refuses a period of nothing", () => {
  const simulation = simulated();
  const { pid } = listening(simulation);
  throws(() => simulation.runtime.sendEvery(pid, 0, ""), RangeError);
});

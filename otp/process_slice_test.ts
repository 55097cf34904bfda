import { strictEqual } from "node:assert";
import { systemHost } from "./host.ts";
import type { Pid } from "./pid.ts";
import { type Context, TIMEOUT } from "./context.ts";
import { type ProcessHandle, Runtime } from "./runtime.ts";
import { simulated } from "./testdata/simulated.ts";

// deno-fmt-ignore
const WAITS: [string, (self: Context<number>) => unknown][] = [
  ["of any",        (self) => self.receive()],
  ["that matches",  (self) => self.receive({ match: () => true })],
  ["for some time", (self) => self.receive({ timeoutMs: 100 })],
];

for (const [what, receive] of WAITS) {
  Deno.test(`receive() ${what} is handed its message within the turn`, async () => {
    const { sim, runtime } = simulated();
    let isReceived = false;
    const { pid } = runtime.spawn<number>(async (self) => {
      await receive(self);
      isReceived = true;
    });
    await sim.advance(0);
    runtime.send(pid, 1);
    // Only promises run here: nothing asks the simulation for a macrotask.
    for (let depth = 0; depth < 10; depth++) await undefined;
    strictEqual(isReceived, true);
    await sim.run();
  });
}

// deno-fmt-ignore
const BUSY: [string, (self: Context<number>) => unknown][] = [
  ...WAITS,
  ["that only looks", (self) => self.receive({ timeoutMs: 0 })],
];

const REDUCTIONS = 10;

for (const [what, receive] of BUSY) {
  Deno.test(`receive() ${what} leaves the event loop its turn`, async () => {
    const { sim, host } = simulated();
    let turns = 0;
    const macrotask = (task: () => void) => {
      turns++;
      host.macrotask(task);
    };
    const runtime = new Runtime({
      host: { ...systemHost(), macrotask, timer: needless },
      reductionsPerSlice: REDUCTIONS,
    });
    const first: ProcessHandle<number> = runtime.spawn(
      player(receive, () => second.pid),
    );
    const second = runtime.spawn(player(receive, () => first.pid));
    runtime.send(first.pid, 0);
    await sim.run();
    strictEqual(await first.join(), "normal");
    strictEqual(turns >= 1_000 / REDUCTIONS, true, `${turns} turns`);
  });
}

function needless(): () => void {
  return () => {};
}

/** Hands the one ball back and forth, many times, so that one of two always waits. */
function player(
  receive: (self: Context<number>) => unknown,
  peer: () => Pid<number>,
) {
  return async (self: Context<number>) => {
    for (let count = 0; count < 1_000; count++) {
      await receive(self);
      self.runtime.send(peer(), count);
    }
  };
}

Deno.test("receive() without a wait needs no timer, however often", async () => {
  const { sim, host } = simulated();
  const runtime = new Runtime({
    host: {
      ...systemHost(),
      macrotask: (task) => host.macrotask(task),
      timer() {
        throw new Error("It needs none");
      },
    },
    reductionsPerSlice: 2,
  });
  const poller = runtime.spawn(async (self) => {
    for (let count = 0; count < 100; count++) {
      strictEqual(await self.receive({ timeoutMs: 0 }), TIMEOUT);
    }
  });
  await sim.run();
  strictEqual(await poller.join(), "normal");
});

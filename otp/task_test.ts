import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import type { Context } from "./context.ts";
import type { Pid } from "./pid.ts";
import { awaitMany, type Task, task, type TaskOptions } from "./task.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";

type Self = Context<never>;

/** A function that takes `ms`. */
function lasting<Value>(ms: number, value: Value) {
  return async (self: Self): Promise<Value> => {
    await self.receive({ timeoutMs: ms });
    return value;
  };
}

function fail(): never {
  throw new TypeError("no");
}

/** Has a process run `body`, which returns or rejects; returns what came of it. */
function outcomeOf(
  { runtime }: Simulated,
  body: (self: Context<unknown>) => Promise<unknown>,
): { readonly pid: Pid; value?: unknown } {
  const outcome: { value?: unknown } = {};
  const { pid } = runtime.spawn<unknown>(async (self) => {
    outcome.value = await body(self).catch((error) => error);
    await self.receive({ match: () => false });
  });
  return Object.assign(outcome, { pid });
}

Deno.test("task() has the result, each time it is asked", async () => {
  const simulation = simulated();
  const outcome = outcomeOf(simulation, async (self) => {
    const running = task(self, lasting(10, "done"));
    const early = await Promise.all([running.result(), running.result()]);
    return [...early, await running.result()];
  });
  await simulation.sim.run();
  deepStrictEqual(outcome.value, ["done", "done", "done"]);
  // No timer is left.
  strictEqual(simulation.sim.nowMs, 10);
});

Deno.test("task() can have undefined as the result", async () => {
  const simulation = simulated();
  const outcome = outcomeOf(simulation, async (self) => [
    await task(self, () => undefined).result(),
  ]);
  await simulation.sim.run();
  deepStrictEqual(outcome.value, [undefined]);
});

// deno-fmt-ignore
const FAILURES: [string, (self: Self) => unknown, string][] = [
  ["throws", fail, "crashed: TypeError: no"],
  ["exits", (self) => self.exit("shutdown"), "shutdown"],
  ["exits normally", (self) => self.exit("normal"), "normal"],
  ["is killed", (self) => self.runtime.kill(self.pid), "killed"],
];

for (const [what, run, reason] of FAILURES) {
  Deno.test(`task() that ${what} fails, and its owner lives`, async () => {
    const simulation = simulated();
    let running: Task<unknown>;
    const outcome = outcomeOf(simulation, (self) => {
      running = task(self, run);
      return running.result();
    });
    await simulation.sim.run();
    const error = outcome.value as Error;
    strictEqual(
      error.message,
      `Cannot have the result of task ${running!.pid}: ${reason}`,
    );
    strictEqual("code" in error && error.code, "taskFailed");
    ok(simulation.runtime.isAlive(outcome.pid));
  });
}

Deno.test("task() whose time is up is killed", async () => {
  const simulation = simulated();
  const { sim, runtime } = simulation;
  let running: Task<string>;
  const outcome = outcomeOf(simulation, (self) => {
    running = task(self, lasting(20, "late"));
    return running.result({ timeoutMs: 10 });
  });
  await sim.run();
  strictEqual(sim.nowMs, 10);
  deepStrictEqual({ ...outcome.value as Error }, {
    code: "taskTimeout",
    name: "TaskTimeout",
    task: running!.pid,
    timeoutMs: 10,
  });
  strictEqual(runtime.isAlive(running!.pid), false);
});

// deno-fmt-ignore
const WAITS: [TaskOptions, number][] = [
  [{},                      5_000],
  [{ timeoutMs: 7 },        7],
  [{ timeoutMs: Infinity }, 60_000],
];

for (const [options, endMs] of WAITS) {
  Deno.test(`result() of ${options.timeoutMs} ms waits until ${endMs} ms`, async () => {
    const simulation = simulated();
    outcomeOf(
      simulation,
      (self) => task(self, lasting(60_000, "")).result(options),
    );
    await simulation.sim.run();
    strictEqual(simulation.sim.nowMs, endMs);
  });
}

for (const reason of ["normal", "killed"] as const) {
  Deno.test(`task() is killed with an owner that ends: ${reason}`, async () => {
    const simulation = simulated();
    const { sim, runtime } = simulation;
    const outcome = outcomeOf(
      simulation,
      (self) => task(self, lasting(20, "")).result(),
    );
    await sim.advance(5);
    runtime.exit(outcome.pid, reason, outcome.pid);
    deepStrictEqual(runtime.list(), []);
    await sim.run();
    strictEqual(sim.nowMs, 5);
    ok(!("value" in outcome));
  });
}

Deno.test("task() of a process that has exited is killed at once", async () => {
  const { sim, runtime } = simulated();
  let isRun = false;
  runtime.spawn<unknown>((self) => {
    runtime.kill(self.pid);
    task(self, () => isRun = true);
  });
  await sim.run();
  strictEqual(isRun, false);
});

Deno.test("kill() ends a task, once", async () => {
  const simulation = simulated();
  const outcome = outcomeOf(simulation, (self) => {
    const { kill } = bound(task(self, lasting(20, "")));
    return Promise.resolve([kill(), kill()]);
  });
  await simulation.sim.run();
  deepStrictEqual(outcome.value, [true, false]);
});

function bound(running: Task<unknown>): { readonly kill: () => boolean } {
  return { kill: () => running.kill() };
}

Deno.test("awaitMany() has all results, in the order of the tasks", async () => {
  const delays = fc.array(fc.nat(1_000), { maxLength: 8 });
  await fc.assert(fc.asyncProperty(delays, async (lasts) => {
    const simulation = simulated();
    const outcome = outcomeOf(
      simulation,
      (self) => awaitMany(lasts.map((ms) => task(self, lasting(ms, ms)))),
    );
    await simulation.sim.run();
    deepStrictEqual(outcome.value, lasts);
    strictEqual(simulation.sim.nowMs, Math.max(0, ...lasts));
  }));
});

Deno.test("awaitMany() kills the others when one fails, or time is up", async () => {
  for (
    const [run, endMs, code] of [
      [fail, 0, "taskFailed"],
      [lasting(50, ""), 10, "taskTimeout"],
    ] as const
  ) {
    const simulation = simulated();
    const { sim, runtime } = simulation;
    const outcome = outcomeOf(
      simulation,
      (self) =>
        awaitMany([task(self, lasting(20, "")), task(self, run)], {
          timeoutMs: 10,
        }),
    );
    await sim.run();
    strictEqual(sim.nowMs, endMs);
    strictEqual((outcome.value as { code: string }).code, code);
    deepStrictEqual(runtime.list(), [outcome.pid]);
  }
});

for (const timeoutMs of [-1, NaN, -Infinity]) {
  Deno.test(`result() throws when timeoutMs is ${timeoutMs}`, async () => {
    const simulation = simulated();
    const outcome = outcomeOf(simulation, (self) => {
      const running = task(self, () => 1);
      throws(() => running.result({ timeoutMs }), RangeError);
      return running.result();
    });
    await simulation.sim.run();
    strictEqual(outcome.value, 1);
  });
}

// The rows are checked by the compiler.
Deno.test("task() and awaitMany() know the types of the results", async () => {
  const simulation = simulated();
  const outcome = outcomeOf(simulation, async (self) => {
    const number = task(self, () => 1);
    const text = task(self, () => Promise.resolve("a"));
    const both: readonly [number, string] = await awaitMany([number, text]);
    // @ts-expect-error It is a number.
    const wrong: string = await number.result();
    return [...both, wrong];
  });
  await simulation.sim.run();
  deepStrictEqual(outcome.value, [1, "a", 1]);
});

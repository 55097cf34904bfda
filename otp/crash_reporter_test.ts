import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { crashReporter } from "./crash_reporter.ts";
import { dynamicSupervisor, startDynamicChild } from "./dynamic_supervisor.ts";
import { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { Runtime } from "./runtime.ts";
import { supervisor } from "./supervisor.ts";
import { simulated } from "./testdata/simulated.ts";

/** First lines of what is written while `run` and all that follows runs. */
async function linesOf(run: (runtime: Runtime) => unknown): Promise<string[]> {
  const lines: string[] = [];
  const observer = crashReporter((text) => lines.push(text.split("\n")[0]!));
  const { sim, runtime } = simulated({ observer });
  run(runtime);
  await sim.run();
  return lines;
}

function crash(): never {
  throw new TypeError("no");
}

// deno-fmt-ignore
const REASONS: [ExitReason, string[]][] = [
  ["normal",       []],
  ["shutdown",     []],
  ["killed",       []],
  ["noproc",       []],
  ["noconnection", []],
  [{ type: "exit", payload: 1 }, []],
  [{ type: "crashed", name: "Error", message: "no" }, ["<0.0.0> crashed: Error: no"]],
  [{ type: "crashed", name: "Error", message: "two\nlines" }, ["<0.0.0> crashed: Error: two lines"]],
  [{ type: "limit", limit: "cpu", message: "100 ms" }, ["<0.0.0> limit cpu: 100 ms"]],
];

for (const [reason, lines] of REASONS) {
  Deno.test(`crashReporter() writes ${lines.length} texts of ${JSON.stringify(reason)}`, () => {
    const written: string[] = [];
    const observer = crashReporter((text) => written.push(text));
    observer.exited!(new Pid(0, 0, 0), reason, undefined);
    deepStrictEqual(written, lines);
  });
}

Deno.test("crashReporter() writes the stack behind the first line", () => {
  const written: string[] = [];
  const observer = crashReporter((text) => written.push(text));
  const stack =
    "Error: no\nwith two lines\n    at one (a.ts:1:2)\n    at b.ts:3";
  const reason = {
    type: "crashed",
    name: "Error",
    message: "no",
    stack,
  } as const;
  observer.exited!(new Pid(0, 0, 7), reason, "worker");
  deepStrictEqual(written, [
    "worker<0.0.7> crashed: Error: no\n    at one (a.ts:1:2)\n    at b.ts:3",
  ]);
});

Deno.test("crashReporter() writes the label before the pid", async () => {
  const lines = await linesOf((runtime) => {
    runtime.spawn(crash, { label: "worker" });
    runtime.spawn(crash);
  });
  deepStrictEqual(lines, [
    "worker<0.0.0> crashed: TypeError: no",
    "<0.0.1> crashed: TypeError: no",
  ]);
});

const LIMIT = { restartsMax: 2, periodMs: 10_000 };

Deno.test("crashReporter() writes of each crash, each restart and of giving up", async () => {
  const lines = await linesOf((runtime) =>
    runtime.spawn(supervisor({
      ...LIMIT,
      children: [{ id: "worker", start: () => crash }],
    }))
  );
  deepStrictEqual(lines, [
    "worker<0.0.1> crashed: TypeError: no",
    "Restarting worker of <0.0.0>: crashed: TypeError: no",
    "worker<0.0.2> crashed: TypeError: no",
    "Restarting worker of <0.0.0>: crashed: TypeError: no",
    "worker<0.0.3> crashed: TypeError: no",
    "Gave up on worker of <0.0.0>: crashed: TypeError: no",
  ]);
});

Deno.test("crashReporter() writes how long a back-off is", async () => {
  const lines = await linesOf((runtime) =>
    runtime.spawn(supervisor({
      ...LIMIT,
      backoff: { initialMs: 40, factor: 1, maxMs: 40, jitter: 0 },
      children: [{ id: "worker", start: () => crash }],
    }))
  );
  deepStrictEqual(lines.filter((line) => line.startsWith("Restarting")), [
    "Restarting in 40 ms worker of <0.0.0>: crashed: TypeError: no",
    "Restarting in 40 ms worker of <0.0.0>: crashed: TypeError: no",
  ]);
});

Deno.test("crashReporter() writes of the child of a dynamic supervisor by its pid", async () => {
  const lines = await linesOf((runtime) => {
    const { pid } = runtime.spawn(dynamicSupervisor({
      restartsMax: 0,
      start: () => crash,
    }));
    return startDynamicChild(runtime, pid, undefined);
  });
  deepStrictEqual(
    lines.at(-1)?.replaceAll(/<[\d.]+>/g, "<>"),
    "Gave up on <> of <>: crashed: TypeError: no",
  );
});

Deno.test("crashReporter() whose write throws hurts no process", async () => {
  const observer = crashReporter(() => {
    throw new RangeError("disk full");
  });
  const { sim, runtime } = simulated({ observer });
  const worker = runtime.spawn(crash);
  await rejects(() => sim.run(), { message: /disk full/ });
  strictEqual((await worker.join() as { name: string }).name, "TypeError");
});

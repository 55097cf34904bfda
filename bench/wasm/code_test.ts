import { ok, rejects, strictEqual } from "node:assert";
import {
  fastestMs,
  plainRunner,
  type Runner,
  withGuestRunner,
} from "./code.ts";
import { assemble, loop, MIX, SUM, workload } from "./modules.ts";

const ENTRIES = ["compression", "json", "sha256"];

for (const entry of ENTRIES) {
  Deno.test(`workload() computes what it should in ${entry}, also as a guest`, async () => {
    ok(await plainRunner(workload())(entry) > 0);
    ok(await withGuestRunner(workload(), (run) => run(entry)) > 0);
  });
}

for (const [name, body] of [["SUM", SUM], ["MIX", MIX]] as const) {
  Deno.test(`loop() of ${name} comes to an end, also as a guest`, async () => {
    const bytes = await assemble(loop(body, 1_000));
    ok(await plainRunner(bytes)("run") > 0);
    ok(await withGuestRunner(bytes, (run) => run("run")) > 0);
  });
}

Deno.test("withGuestRunner() rejects when there is no such export", async () => {
  const bytes = await assemble(loop(SUM, 100));
  const running = withGuestRunner(bytes, (run) => run("walk"));
  await rejects(running, /Cannot time what fails: .*: walk/);
});

Deno.test("fastestMs() is the fastest when the code is warm", async () => {
  const times = [400, 200, 9, 8, 7, 3, 7, 8, 9, 9, 9, 9];
  const run: Runner = () => Promise.resolve(times.shift()!);
  strictEqual(await fastestMs(run, "run"), 3);
  strictEqual(times.length, 0);
});

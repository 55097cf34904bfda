import { deepStrictEqual, strictEqual } from "node:assert";
import {
  type ChildSpec,
  dynamicSupervisor,
  type ExitReason,
  Runtime,
  Sim,
  startSupervisor,
  terminateDynamicChild,
  whichChildren,
} from "@rusm/otp";
import {
  fromReason,
  mayRegister,
  terminatedResult,
  toReason,
  youngestFirst,
} from "./differences.ts";
import type { Reason } from "./scenario.ts";

// A difference that is gone has no business in differences.ts: so each is shown
// here, as it is with us, and then as Erlang has it.

function simulated(): { sim: Sim; runtime: Runtime } {
  const sim = new Sim({ seed: 1 });
  return { sim, runtime: new Runtime({ host: sim.host() }) };
}

/** What a request is answered with, which takes turns of the simulation. */
async function answered<T>(sim: Sim, answer: Promise<T>): Promise<T> {
  await sim.run();
  return await answer;
}

function idle(): Promise<never> {
  return new Promise(() => {});
}

function waiting(id: string, how: Partial<ChildSpec> = {}): ChildSpec {
  return { id, start: () => idle, ...how };
}

Deno.test("mayRegister() is false for a process that could have a second name", () => {
  const { runtime } = simulated();
  const { pid } = runtime.spawn(idle);
  strictEqual(mayRegister(runtime, pid), true);
  runtime.register("n0", pid);
  strictEqual(mayRegister(runtime, pid), false);
  strictEqual(runtime.register("n1", pid), true);
});

Deno.test("youngestFirst() turns the order of whichChildren() round", async () => {
  const { sim, runtime } = simulated();
  const children = [waiting("a"), waiting("b")];
  const supervisor = startSupervisor(runtime, { children });
  const listed = await answered(sim, whichChildren(runtime, supervisor));
  deepStrictEqual(listed.map(({ id }) => id), ["a", "b"]);
  deepStrictEqual(youngestFirst(listed).map(({ id }) => id), ["b", "a"]);
});

Deno.test("terminatedResult() says that a process that has ended was terminated", async () => {
  const { sim, runtime } = simulated();
  const { pid } = runtime.spawn(dynamicSupervisor({ start: () => idle }));
  const stranger = runtime.spawn(idle);
  stranger.kill();
  const result = await answered(
    sim,
    terminateDynamicChild(runtime, pid, stranger.pid),
  );
  deepStrictEqual(result, { type: "notFound" });
  deepStrictEqual(terminatedResult(result, true), { type: "terminated" });
  deepStrictEqual(terminatedResult(result, false), result);
});

// deno-fmt-ignore
const REASONS: [Reason, ExitReason][] = [
  ["normal", "normal"],
  ["kill",   "kill"],
  ["noproc", "noproc"],
  ["oops",   { type: "exit", payload: "oops" }],
  ["bye",    { type: "exit", payload: "bye" }],
];

for (const [word, reason] of REASONS) {
  Deno.test(`fromReason() undoes toReason() of ${word}`, () => {
    deepStrictEqual(toReason(word), reason);
    strictEqual(fromReason(reason), word);
  });
}

// deno-fmt-ignore
const OTHERS: [ExitReason, string][] = [
  [{ type: "crashed", name: "Error", message: "oops" },         "crashed"],
  [{ type: "exit", payload: { type: "failedToStart", id: "a" } }, "failedToStart"],
];

for (const [reason, word] of OTHERS) {
  Deno.test(`fromReason() of ${JSON.stringify(reason)} is ${word}`, () => {
    strictEqual(fromReason(reason), word);
  });
}

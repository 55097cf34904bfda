import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { scenarios } from "./arbitrary.ts";
import { disagreements, minimal, report, type Sides } from "./compare.ts";
import { carryOutAll } from "./interpreter.ts";
import type { Scenario } from "./scenario.ts";
import type { Event, Trace } from "./trace.ts";

const DRAWN = fc.sample(scenarios, { numRuns: 100, seed: 25 });

/** Sides that agree but in what `lie` says about every event. */
function lying(lie: (event: Event) => Event | undefined): Sides {
  const ours = carryOutAll;
  const theirs = async (scenarios: readonly Scenario[]): Promise<Trace[]> =>
    (await ours(scenarios)).map((trace) =>
      trace.map((events) =>
        events.map(lie).filter((event) => event !== undefined)
      )
    );
  return { theirs, ours };
}

// deno-fmt-ignore
const LIES: [string, (event: Event) => Event | undefined][] = [
  ["an end that is not seen",    (event) => event[0] === "ended" ? undefined : event],
  ["another exit reason",        (event) => event[0] === "ended" && event[2] === "killed" ? ["ended", event[1], "kill"] : event],
  ["a message that is lost",     (event) => event[0] === "flushed" ? ["flushed", event[1], event[2].filter(([type]) => type !== "message")] : event],
  ["a notice that is lost",      (event) => event[0] === "flushed" ? ["flushed", event[1], event[2].filter(([type]) => type !== "down")] : event],
  ["steps in another order",     (event) => event[0] === "flushed" ? ["flushed", event[1], event[2].toReversed()] : event],
  ["a receive that times out",   (event) => event[0] === "received" ? ["received", event[1], "timeout"] : event],
  ["a start that is not made",   (event) => event[0] === "started" ? undefined : event],
  ["a child that is not asked",  (event) => event[0] === "stopping" ? undefined : event],
  ["another result",             (event) => event[0] === "result" && event[1] === true ? ["result", false] : event],
];

for (const [what, lie] of LIES) {
  Deno.test(`disagreements() finds ${what}`, async () => {
    const found = await disagreements(lying(lie), DRAWN);
    ok(found.length > 0);
  });
}

Deno.test("disagreements() finds none where there are none", async () => {
  const found = await disagreements(lying((event) => event), DRAWN);
  deepStrictEqual(found, []);
});

Deno.test("minimal() leaves out all that does not matter", async () => {
  const sides = lying((event) =>
    event[0] === "ended" && event[2] === "killed" ? undefined : event
  );
  const found = await disagreements(sides, DRAWN);
  const longest = found.toSorted((a, b) =>
    b.scenario.commands.length - a.scenario.commands.length
  )[0]!;
  ok(longest.scenario.commands.length > 5);
  const { scenario } = await minimal(sides, longest);
  strictEqual(scenario.commands.length, 1);
  strictEqual(scenario.processes, 1);
});

Deno.test("report() shows both sides where they disagree", async () => {
  const sides = lying((event) => event[0] === "ended" ? undefined : event);
  const scenario: Scenario = {
    processes: 1,
    commands: [
      { type: "whereis", name: "n0" },
      { type: "kill", process: 0 },
    ],
  };
  const [found] = await disagreements(sides, [scenario]);
  const lines = report(found!).split("\n");
  deepStrictEqual(JSON.parse(lines[0]!), scenario);
  match(lines[3]!, /both: {3}result none/);
  match(lines[5]!, /Erlang: $/);
  match(lines[6]!, /ours: {3}ended 0 killed/);
});

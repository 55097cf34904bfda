import { rejects } from "node:assert";
import fc from "fast-check";
import { scenarios } from "./arbitrary.ts";
import { disagreements, minimal, report } from "./compare.ts";
import { Erlang, hasErlang } from "./erlang.ts";
import { carryOutAll } from "./interpreter.ts";

// ERLANG_SEED=1 repeats a run, ERLANG_COUNT=20000 makes a longer one.
const seed = Number(Deno.env.get("ERLANG_SEED") ?? drawnSeed());
const count = Number(Deno.env.get("ERLANG_COUNT") ?? 5_000);

const BATCH = 500;

function drawnSeed(): number {
  return crypto.getRandomValues(new Int32Array(1))[0]!;
}

const name =
  `@rusm/otp does what Erlang does, in ${count} scenarios of seed ${seed}`;
const isThere = await hasErlang();

Deno.test({
  name: isThere
    ? name
    : `${name} (ignored: there is no erl; apt-get install -y erlang-base)`,
  ignore: !isThere,
  fn: check,
});

Deno.test({
  name: "Erlang.carryOut() rejects with what Erlang printed",
  ignore: !isThere,
  async fn() {
    await using erlang = await Erlang.compile();
    const commands = [{ type: "dance" }] as unknown as [];
    await rejects(
      erlang.carryOut([{ processes: 1, commands }]),
      /Cannot run erl: [^]*dance/,
    );
  },
});

async function check(): Promise<void> {
  await using erlang = await Erlang.compile();
  const sides = {
    theirs: (scenarios: Parameters<typeof carryOutAll>[0]) =>
      erlang.carryOut(scenarios),
    ours: carryOutAll,
  };
  const drawn = fc.sample(scenarios, { numRuns: count, seed });
  for (let start = 0; start < count; start += BATCH) {
    const batch = drawn.slice(start, start + BATCH);
    const [first] = await disagreements(sides, batch);
    if (first === undefined) continue;
    const smallest = await minimal(sides, first);
    throw new Error(
      `Cannot agree with Erlang, seed ${seed}: ${report(smallest)}`,
    );
  }
}

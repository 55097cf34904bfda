import { deepStrictEqual, ok } from "node:assert";
import { report } from "./compare.ts";
import { carryOut } from "./interpreter.ts";
import { readRows, type Row } from "./recorded.ts";
import { RULES } from "./rules.ts";
import { canonical } from "./trace.ts";

const rows = await readRows();
const [rules, drawn] = [true, false].map((isRule) =>
  rows.filter(({ name }) => RULES.has(name) === isRule)
) as [Row[], Row[]];

for (const row of rules) {
  Deno.test(`@rusm/otp does what Erlang does: ${row.name}`, () => check(row));
}

Deno.test(`@rusm/otp does what Erlang does in ${drawn.length} drawn scenarios`, async () => {
  for (const row of drawn) await check(row);
});

async function check({ scenario, trace: theirs }: Row): Promise<void> {
  const ours = canonical(await carryOut(scenario));
  const isSame = ours.join("\n") === theirs.join("\n");
  ok(isSame, isSame ? undefined : report({ scenario, theirs, ours }));
}

Deno.test("every rule is recorded as it is written", () => {
  const recorded = rules.map(({ name, scenario }) => [name, scenario]);
  deepStrictEqual(recorded, [...RULES]);
});

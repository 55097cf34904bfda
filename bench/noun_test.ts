import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { runChild } from "./child.ts";
import { http } from "./http.ts";
import {
  denoVariant,
  isVariant,
  parseFigures,
  playVariant,
  type RowPlan,
  variantsOf,
} from "./noun.ts";
import { otp } from "./otp.ts";

Deno.test("parseFigures() reads the last line when others come before", () => {
  deepStrictEqual(parseFigures('warming up\n{"a":1,"b":2.5e6}\n'), {
    a: 1,
    b: 2.5e6,
  });
});

const NO_FIGURES = [
  "",
  "done",
  "{}",
  "[]",
  "7",
  "null",
  '{"a":0}',
  '{"a":-1}',
  '{"a":1e999}',
  '{"a":"1"}',
  '{"a":1,"b":null}',
  '{"a":1}\nand a word more',
];

for (const stdout of NO_FIGURES) {
  Deno.test(`parseFigures() throws when given ${JSON.stringify(stdout)}`, () => {
    throws(() => parseFigures(stdout), SyntaxError);
  });
}

const NO_VARIANTS = [
  [],
  ["--variant"],
  ["--variant", "slow"],
  ["--variant", "toString"],
  ["--variants", "fast"],
  ["--variant", "fast", "slow"],
];

for (const args of NO_VARIANTS) {
  Deno.test(`playVariant() lists the variants when asked for ${JSON.stringify(args)}`, async () => {
    const play = () => Promise.resolve({ perSecond: 1 });
    await rejects(playVariant(args, { fast: play, faster: play }), {
      name: "TypeError",
      message: `Cannot play anything but --variant fast, faster: ${
        args.join(" ")
      }`,
    });
  });
}

Deno.test("playVariant() passes on what the variant throws", async () => {
  const play = () => Promise.reject(new Error("broken"));
  await rejects(playVariant(["--variant", "fast"], { fast: play }), /broken/);
});

Deno.test("playVariant() prints figures that parseFigures() reads when run by denoVariant()", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const noun = new URL("./noun.ts", import.meta.url);
    await Deno.writeTextFile(
      file,
      `import { playVariant } from "${noun}";
       await playVariant(Deno.args, { fast: async () => ({ perSecond: 7 }) });`,
    );
    const command = denoVariant(file, "fast", "rusm").command("/");
    const stdout = await runChild(command, { timeoutMs: 30_000 });
    deepStrictEqual(parseFigures(stdout), { perSecond: 7 });
  } finally {
    await Deno.remove(file);
  }
});

for (const { name, rows } of [otp, http]) {
  Deno.test(`${name} names each row once`, () => {
    strictEqual(new Set(rows.map((row) => row.name)).size, rows.length);
  });

  Deno.test(`${name} plays every variant that its rows ask for, and no other`, async () => {
    const asked = rows.flatMap(variantsOf)
      .filter((variant) => variant.peer === undefined)
      .map((variant) => variant.command("/").at(-1)!);
    deepStrictEqual(await played(name), [...new Set(asked)].sort());
  });
}

const OURS = denoVariant("bench.ts", "ours", "rusm");
const THEIRS = denoVariant("bench.ts", "theirs", "Other");
const IDLE = { name: "idle", figure: "idlePerSecond" };

const SIDES = [
  ["nothing", null, [OURS]],
  ["a figure of its own", IDLE, [OURS]],
  ["another variant", THEIRS, [OURS, THEIRS]],
] as const;

for (const [side, against, variants] of SIDES) {
  Deno.test(`variantsOf() has ${variants.length} when a row is held against ${side}`, () => {
    const [what, unit, figure] = ["Timed.", "things/s", "perSecond"];
    const parts = { name: "row", what, unit, figure, bar: null };
    const plan: RowPlan = { ...parts, variant: OURS, against };
    deepStrictEqual(variantsOf(plan), variants);
  });
}

Deno.test("isVariant() tells a variant from a figure", () => {
  strictEqual(isVariant(THEIRS), true);
  strictEqual(isVariant(IDLE), false);
});

/** The ids of the variants that a noun lists when it is asked for none of them. */
async function played(noun: string): Promise<string[]> {
  const file = `${import.meta.dirname}/${noun}.ts`;
  const command = denoVariant(file, "?", "nobody").command("/");
  const failed = await runChild(command, { timeoutMs: 30_000 }).catch(String);
  const [, ids = ""] = /but --variant ([\w, ]+): /.exec(failed) ?? [];
  return ids.split(", ").sort();
}

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { Interruption } from "./interruption.ts";
import { main } from "./main.ts";
import type { Noun, Variant } from "./noun.ts";

function variant(perSecond: number): Variant {
  const source = `console.log('{"perSecond":${perSecond}}')`;
  return { name: "v", command: () => [Deno.execPath(), "eval", source] };
}

/** A noun whose value is 6, against 2. */
function noun(name: string, bar: number, ours = variant(6)): Noun {
  const what = "Something is timed.";
  const [unit, figure, against] = ["things/s", "perSecond", variant(2)];
  const row = { name: "row", what, unit, figure, against, bar };
  return { name, question: "How fast?", rows: [{ ...row, variant: ours }] };
}

const FAST = noun("fast", 3);
const SLOW = noun("slow", 4);
const BROKEN = noun("broken", 1, {
  name: "v",
  command:
    () => [Deno.execPath(), "eval", "console.error('ouch'); Deno.exit(1)"],
});

interface Ran {
  readonly exitCode: number;
  readonly out: string[];
  readonly err: string[];
}

async function run(
  args: string,
  nouns: readonly Noun[],
  signal = new AbortController().signal,
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    paint: (_style: string, text: string) => text,
  };
  const words = args === "" ? [] : args.split(" ");
  return { exitCode: await main(words, nouns, io, signal), out, err };
}

Deno.test("main() prints the usage with all names when asked for help", async () => {
  const { exitCode, out, err } = await run("--help", [FAST, SLOW]);
  strictEqual(exitCode, 0);
  match(
    out.join("\n"),
    /^Usage: deno task bench [^]*\n +fast +How fast\?\n +slow/,
  );
  deepStrictEqual(err, []);
});

Deno.test("main() prints names and questions when asked for the list", async () => {
  const { exitCode, out } = await run("--list", [FAST, SLOW]);
  strictEqual(exitCode, 0);
  deepStrictEqual(out, ["fast    How fast?", "slow    How fast?"]);
});

for (const args of ["ttp", "--jsn", "fast --runs 0"]) {
  Deno.test(`main() exits with 2 and lists the names when given ${args}`, async () => {
    const { exitCode, out, err } = await run(args, [FAST, SLOW]);
    strictEqual(exitCode, 2);
    deepStrictEqual(out, []);
    match(err.join("\n"), /\n +fast .*\n +slow /);
  });
}

Deno.test("main() prints one line of JSON for each name", async () => {
  const { out } = await run("slow fast --json --runs 1", [FAST, SLOW]);
  const reports = out.map((line) => JSON.parse(line));
  deepStrictEqual(reports.map((report) => report.name), ["slow", "fast"]);
  deepStrictEqual(Object.keys(reports[0]), [
    "name",
    "at",
    "machine",
    "versions",
    "rows",
  ]);
});

Deno.test("main() measures all when no name is given", async () => {
  const { out } = await run("--runs 1", [FAST, SLOW]);
  match(out.join("\n"), /^fast\n[^]*3 x v \(2\) +bar ≥ 3 +holds\n[^]*\nslow\n/);
});

const CHECKS = [
  ["fast --check", 0, undefined],
  ["slow --check", 1, "row falls short of its bar: ratio 3.00, bar 4"],
  ["slow", 0, "row falls short of its bar: ratio 3.00, bar 4"],
  ["slow fast --check", 1, "row falls short of its bar: ratio 3.00, bar 4"],
] as const;

for (const [args, expected, line] of CHECKS) {
  Deno.test(`main() exits with ${expected} when given ${args}`, async () => {
    const { exitCode, err } = await run(`${args} --runs 1`, [FAST, SLOW]);
    strictEqual(exitCode, expected);
    strictEqual(err.find((line) => line.includes("falls short")), line);
  });
}

Deno.test("main() exits with 1 and shows the output when a variant fails", async () => {
  const { exitCode, out, err } = await run("broken --json", [BROKEN]);
  strictEqual(exitCode, 1);
  deepStrictEqual(out, []);
  match(err.join("\n"), /exit code 1\nouch$/);
});

Deno.test("main() exits with the code of the interruption", async () => {
  const signal = AbortSignal.abort(new Interruption("SIGTERM", 143));
  const { exitCode, out } = await run("fast", [FAST], signal);
  strictEqual(exitCode, 143);
  deepStrictEqual(out, []);
});

import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { inOrder, measure, type MeasureOptions } from "./harness.ts";
import type { Noun, OwnFigure, Peer, RowPlan, Variant } from "./noun.ts";

/** A variant that runs `source`, which prints figures. */
function variant(name: string, source: string, peer?: Peer): Variant {
  const command = () => [Deno.execPath(), "eval", source];
  return { name, command, ...(peer === undefined ? {} : { peer }) };
}

function figures(perSecond: number): string {
  return `console.log('{"perSecond":${perSecond}}')`;
}

function plan(
  name: string,
  variant: Variant,
  against: Variant | OwnFigure | null = null,
): RowPlan {
  const what = "Something is timed.";
  const [unit, figure, bar] = ["things/s", "perSecond", 2];
  return { name, what, unit, figure, variant, against, bar };
}

function nounOf(...rows: RowPlan[]): Noun {
  return { name: "thing", question: "How fast?", rows };
}

function options(
  given: Partial<MeasureOptions> = {},
): MeasureOptions & { lines: string[] } {
  const lines: string[] = [];
  const progress = (line: string) => lines.push(line);
  const { signal } = new AbortController();
  return { runs: 1, signal, progress, lines, ...given };
}

const PRESENT: Peer = {
  name: "other",
  install: "apt-get install -y other",
  prepare: () => Promise.resolve("1.2"),
};
const ABSENT: Peer = { ...PRESENT, prepare: () => Promise.resolve(null) };

Deno.test("inOrder() goes backwards when the round is even", () => {
  deepStrictEqual(inOrder([1, 2, 3], 1), [1, 2, 3]);
  deepStrictEqual(inOrder([1, 2, 3], 2), [3, 2, 1]);
});

Deno.test("measure() reports every field when all goes well", async () => {
  const before = Date.now();
  const ours = variant("rusm", figures(6));
  const theirs = variant("Other", figures(2), PRESENT);
  const noun = nounOf(plan("row", ours, theirs));
  const { at, machine, ...report } = await measure(noun, options({ runs: 2 }));
  const { deno, v8 } = Deno.version;
  deepStrictEqual(report, {
    name: "thing",
    versions: { deno, v8, other: "1.2" },
    rows: [{
      name: "row",
      what: "Something is timed.",
      unit: "things/s",
      value: 6,
      min: 6,
      max: 6,
      runs: 2,
      against: { name: "Other", value: 2 },
      ratio: 3,
      bar: 2,
      holds: true,
    }],
  });
  strictEqual(new Date(at).toISOString(), at);
  strictEqual(Date.parse(at) >= before, true);
  deepStrictEqual(Object.keys(machine), ["cpu", "cores", "memory", "os"]);
});

Deno.test("measure() turns the order round by round, a shared variant once in each", async () => {
  const shared = variant("base", figures(1));
  const noun = nounOf(
    plan("a", variant("ours", figures(2)), shared),
    plan("b", variant("others", figures(2)), shared),
    plan("c", shared),
  );
  const given = options({ runs: 2 });
  const { rows } = await measure(noun, given);
  deepStrictEqual(given.lines, [
    "thing 1/2: a, ours",
    "thing 1/2: a, base",
    "thing 1/2: b, others",
    "thing 2/2: b, others",
    "thing 2/2: a, base",
    "thing 2/2: a, ours",
  ]);
  deepStrictEqual(rows.map((row) => row.runs), [2, 2, 2]);
});

Deno.test("measure() gives each variant a process of its own", async () => {
  const own = variant(
    "rusm",
    `console.log(JSON.stringify({perSecond: Deno.pid}))`,
  );
  const { rows } = await measure(
    nounOf(plan("row", own)),
    options({ runs: 2 }),
  );
  strictEqual(rows[0]!.min < rows[0]!.max, true);
});

Deno.test("measure() compares nothing when a peer is missing", async () => {
  const ours = variant("rusm", figures(6));
  const theirs = variant("Other", "Deno.exit(1)", ABSENT);
  const report = await measure(nounOf(plan("row", ours, theirs)), options());
  strictEqual(report.versions["other"], null);
  const [row] = report.rows;
  deepStrictEqual([row?.against, row?.ratio, row?.holds], [null, null, null]);
  match(row!.what, /Other is not installed: apt-get install -y other$/);
});

Deno.test("measure() prepares a peer once, where its variants run, and clears up", async () => {
  const directories: string[] = [];
  const peer: Peer = {
    ...PRESENT,
    prepare(directory) {
      directories.push(directory);
      return Promise.resolve("1.2");
    },
  };
  const here = `console.log(JSON.stringify({perSecond: Deno.cwd().length}))`;
  const [one, other] = [variant("a", here, peer), variant("b", here, peer)];
  const { rows } = await measure(nounOf(plan("row", one, other)), options());
  const [directory] = directories;
  strictEqual(directories.length, 1);
  strictEqual(rows[0]!.value, directory!.length);
  await rejects(Deno.stat(directory!), Deno.errors.NotFound);
});

const FAILURES = [
  ["exits with 1", "console.error('ouch'); Deno.exit(1)", /exit code 1\nouch$/],
  ["prints nothing", "", /Cannot read figures of .*: /],
  ["prints no JSON", "console.log('done')", /\ndone$/],
  ["prints a zero", figures(0), /Cannot read figures: \{"perSecond":0\}/],
  ["takes too long", "setInterval(() => {}, 1_000)", /no end within 300 ms$/],
] as const;

for (const [condition, source, message] of FAILURES) {
  Deno.test(`measure() rejects with the output when a variant ${condition}`, async () => {
    const noun = nounOf(plan("row", variant("rusm", source)));
    const given = condition === "takes too long" ? { timeoutMs: 300 } : {};
    await rejects(measure(noun, options(given)), {
      name: "ChildError",
      message,
    });
  });
}

Deno.test("measure() throws when a variant lacks the figure of its row", async () => {
  const noun = nounOf(plan("row", variant("rusm", "console.log('{\"a\":1}')")));
  await rejects(measure(noun, options()), {
    name: "TypeError",
    message: "Cannot find the figure of row row: perSecond",
  });
});

Deno.test("measure() holds two figures of one process against each other", async () => {
  const both = variant("rusm", `console.log('{"perSecond":6,"idle":2}')`);
  const noun = nounOf(plan("row", both, { name: "at rest", figure: "idle" }));
  const given = options({ runs: 2 });
  const [row] = (await measure(noun, given)).rows;
  deepStrictEqual([row?.value, row?.ratio, row?.holds], [6, 3, true]);
  deepStrictEqual(row?.against, { name: "at rest", value: 2 });
  deepStrictEqual(given.lines, [
    "thing 1/2: row, rusm",
    "thing 2/2: row, rusm",
  ]);
});

Deno.test("measure() throws when a variant lacks the figure it is held against", async () => {
  const ours = variant("rusm", figures(6));
  const noun = nounOf(plan("row", ours, { name: "at rest", figure: "idle" }));
  await rejects(measure(noun, options()), {
    name: "TypeError",
    message: "Cannot find the figure of row row: idle",
  });
});

Deno.test("measure() stops the variant when aborted", async () => {
  const abort = new AbortController();
  const forever = variant("rusm", "setInterval(() => {}, 1_000)");
  const running = measure(nounOf(plan("row", forever)), {
    ...options(),
    signal: abort.signal,
    progress: () => queueMicrotask(() => abort.abort(new Error("enough"))),
  });
  await rejects(running, /^Error: enough$/);
});

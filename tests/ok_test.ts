import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { type Io, main } from "./ok.ts";
import type { Outcome } from "./steps.ts";

const PASSED: Outcome = { success: true, output: "all is well\n" };
const FAILED: Outcome = { success: false, output: "it broke\n" };

/** What a run of the command did. */
interface Trace {
  readonly code: number;
  readonly printed: readonly string[];
  readonly errors: readonly string[];
  readonly ran: readonly string[];
}

async function trace(
  args: readonly string[],
  outcomes: Readonly<Record<string, Outcome>>,
  change: Partial<Io> = {},
): Promise<Trace> {
  const printed: string[] = [];
  const errors: string[] = [];
  const ran: string[] = [];
  const code = await main(args, {
    print: (line) => printed.push(line.replace(/\d+\.\d s$/, "0.0 s")),
    printError: (line) => errors.push(line),
    isColoured: false,
    steps: () =>
      Promise.resolve(
        Object.keys(outcomes).map((name) => ({ name, args: [] })),
      ),
    run: ({ name }) => {
      ran.push(name);
      return Promise.resolve(outcomes[name]!);
    },
    ...change,
  });
  return { code, printed, errors, ran };
}

Deno.test("main() prints a line per step when all pass", async () => {
  const { code, printed } = await trace([], { fmt: PASSED, test: PASSED });
  strictEqual(code, 0);
  deepStrictEqual(printed, ["✓ fmt         0.0 s", "✓ test        0.0 s"]);
});

Deno.test("main() shows what a failing step printed and runs the next", async () => {
  const { code, printed } = await trace([], { fmt: FAILED, lint: PASSED });
  strictEqual(code, 1);
  deepStrictEqual(printed, [
    "✗ fmt         0.0 s",
    "it broke",
    "✓ lint        0.0 s",
  ]);
});

Deno.test("main() fails when any step fails, not only the last", async () => {
  const steps = { a: PASSED, b: FAILED, c: PASSED };
  strictEqual((await trace([], steps)).code, 1);
});

Deno.test("main() leaves the tests out with --no-test", async () => {
  const { ran } = await trace(["--no-test"], { fmt: PASSED, test: FAILED });
  deepStrictEqual(ran, ["fmt"]);
});

Deno.test("main() shows what passing steps printed with --verbose", async () => {
  const { printed } = await trace(["--verbose"], { fmt: PASSED });
  deepStrictEqual(printed, ["✓ fmt         0.0 s", "all is well"]);
});

Deno.test("main() colours the marks when colours can be seen", async () => {
  const steps = { a: PASSED, b: { success: false, output: "" } };
  const { printed } = await trace([], steps, { isColoured: true });
  match(JSON.stringify(printed), /u001b\[32m✓.*u001b\[31m✗/);
});

for (const flag of ["--help", "-h"]) {
  Deno.test(`main() prints its usage and runs nothing with ${flag}`, async () => {
    const { code, printed, ran } = await trace([flag], { fmt: FAILED });
    strictEqual(code, 0);
    match(printed.join("\n"), /^Usage: deno task ok /);
    deepStrictEqual(ran, []);
  });
}

for (const word of ["--nope", "fmt", "--no-test=1", "--test"]) {
  Deno.test(`main() exits with 2 and runs nothing with ${word}`, async () => {
    const { code, errors, ran } = await trace([word], { fmt: PASSED });
    strictEqual(code, 2);
    match(errors.join("\n"), new RegExp(`${word.split("=")[0]}.*Usage: `, "s"));
    deepStrictEqual(ran, []);
  });
}

Deno.test("main() lets through what went wrong with the steps themselves", async () => {
  const steps = () => Promise.reject(new SyntaxError("deno.json"));
  await rejects(trace([], {}, { steps }), SyntaxError);
});

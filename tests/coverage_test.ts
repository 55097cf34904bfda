import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { withFiles } from "./boundaries/with_files.ts";
import { main } from "./coverage.ts";

const TYPES = "/** What is counted. */\nexport type Count = number;\n";
const SIGN = `export function sign(count: number): string {
  if (count < 0) {
    return "-";
  }
  return "+";
}
`;
const NOTHING = `Deno.test("nothing", () => {});`;

Deno.test("main() exits with 0 when the tests run every line", async () => {
  const sign_test = `${signing(1)}${signing(-1)}`;
  const { code, lines } = await trace({ "sign_test.ts": sign_test });
  deepStrictEqual(lines, [
    "The tests of otp run 100.0 % of its lines",
    "Files of which they run less than 95 %: 0",
  ]);
  strictEqual(code, 0);
});

Deno.test("main() exits with 1 and names the lines when the tests leave some out", async () => {
  const { code, lines } = await trace({ "sign_test.ts": signing(1) });
  deepStrictEqual(lines, [
    "otp/sign.ts: 66.7 % of 6 lines, but not 3-4",
    "The tests of otp run 66.7 % of its lines",
    "Files of which they run less than 95 %: 1",
  ]);
  strictEqual(code, 1);
});

Deno.test("main() exits with 1 when no test loads a file", async () => {
  const { code, lines } = await trace({
    "sign_test.ts": signing(1) + signing(-1),
    "zero.ts": "/** None. */\nexport const ZERO = 0;\n",
  });
  strictEqual(lines[0], "otp/zero.ts: 0.0 % of 1 lines, but not 2");
  strictEqual(code, 1);
});

Deno.test("main() rejects when the tests load nothing", async () => {
  const files = { "a_test.ts": NOTHING };
  await rejects(trace(files), /^Error: Cannot read what the tests ran: /);
});

Deno.test("main() exits with 1 and shows why when a test fails", async () => {
  const sign_test = `Deno.test("a", () => { throw new Error("on purpose"); });`;
  const { code, lines } = await trace({ "sign_test.ts": sign_test });
  match(lines.join("\n"), /Error: on purpose/);
  strictEqual(code, 1);
});

/** What a run of the command did. */
interface Trace {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs it on a workspace whose `otp` has types, `sign.ts` and `more`. */
async function trace(more: Readonly<Record<string, string>>): Promise<Trace> {
  const files = new Map([
    ["deno.json", `{ "workspace": ["./otp"] }`],
    ["otp/deno.json", `{ "name": "@a/otp", "exports": "./sign.ts" }`],
    ["otp/count.ts", TYPES],
    ["otp/sign.ts", SIGN],
    ...Object.entries(more).map(([name, text]): [string, string] => [
      `otp/${name}`,
      text,
    ]),
  ]);
  const lines: string[] = [];
  const code = await withFiles(
    files,
    (root) => main(root, (line) => lines.push(line)),
  );
  return { code, lines };
}

/** A test that calls `sign`. */
function signing(count: number): string {
  return `Deno.test("sign() of ${count}", async () => {
    (await import("./sign.ts")).sign(${count});
  });`;
}

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { main } from "../command_line.ts";
import { filesBelow, record, withDirectory } from "../testdata/recorder.ts";

/** What `rusm exec` answered and said. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `source` by `rusm exec app.ts` and more `words`. */
async function exec(
  source: string,
  words: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  let ran: Ran | undefined;
  const files = { "app.ts": source, ...more };
  await withDirectory(files, async (directory) => {
    const { io, stdout, stderr } = record(directory);
    const code = await main(["exec", "app.ts", ...words], io);
    ran = { code, stdout: stdout(), stderr: stderr() };
  });
  return ran!;
}

Deno.test("exec calls the default function of a script", async () => {
  const ran = await exec(
    `import { greet } from "./greet.ts";
console.log("loaded");
export default async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  console.log(greet(Process.args()), process.env.GIVEN);
  console.error("odd");
};
`,
    ["--env", "GIVEN=1", "--", "a", "-b"],
    { "greet.ts": "export const greet = (all: string[]) => all.join(' ');\n" },
  );
  deepStrictEqual(ran, {
    code: 0,
    stdout: "loaded\napp.ts a -b 1\n",
    stderr: "odd\n",
  });
});

Deno.test("exec reads what a script was given, and nothing else", async () => {
  const source = "export default async () => {\n" +
    "  console.log(await files.readText('/data/a.txt'));\n" +
    "  await files.readText('/app.ts');\n};\n";
  const ran = await exec(source, ["--dir", "data"], { "data/a.txt": "hello" });
  strictEqual(ran.stdout, "hello\n");
  strictEqual(ran.code, 1);
});

/** Scripts, the exit code and what is said of them. */
const ENDS: readonly (readonly [string, string, number, RegExp])[] = [
  ["it has no function", "console.error('only this');\n", 0, /^only this\n$/],
  [
    "it throws",
    "interface A {}\n\nexport default function run(a: A): never {\n" +
    "  throw new RangeError('no');\n}\n",
    1,
    /^exec failed: Uncaught RangeError: no\n {4}at run \(app\.ts:4:\d+\)\n/,
  ],
  [
    "it rejects",
    "export default async () => {\n  await 1;\n  throw new Error('late');\n};\n",
    1,
    /^exec failed: Uncaught Error: late\n.*app\.ts:3:\d+/,
  ],
  [
    "it throws as it is loaded",
    "\nthrow new TypeError('early');\n",
    1,
    /^exec failed: Uncaught TypeError: early\n {4}at <anonymous> \(app\.ts:2:\d+\)\n/,
  ],
  [
    "it answers requests",
    "export default { fetch: () => new Response() };\n",
    2,
    /^exec failed: Cannot run what answers clients: app\.ts\n.*`rusm serve`/,
  ],
  [
    "it is a service",
    "export const put = () => 1;\n",
    2,
    /^exec failed: Cannot run a service, .*: app\.ts\nIt exports put\.\n/,
  ],
  [
    "it does not parse",
    "export default () => {\n",
    2,
    /^app\.ts:1:23: Expected '}', got '<eof>'\n[^]*\nexec failed: Cannot run this program: app\.ts\n$/,
  ],
  [
    "it imports Node's modules",
    'import "node:fs";\n',
    2,
    /^app\.ts:1:8: Cannot import "node:fs": a component has no Node APIs\n/,
  ],
];

for (const [what, source, code, stderr] of ENDS) {
  Deno.test(`exec of a script ends with ${code} when ${what}`, async () => {
    const ran = await exec(source);
    match(ran.stderr, stderr);
    strictEqual(ran.code, code);
  });
}

Deno.test("exec ends a script that does not end when its CPU time is over", async () => {
  const ran = await exec("export default () => {\n  for (;;);\n};\n", [
    ...["--max-cpu-ms", "50"],
  ]);
  strictEqual(ran.code, 137);
  match(ran.stderr, /^exec failed: app\.ts was ended: Used more than 50 ms/);
});

Deno.test("exec checks types when --check is given, and not else", async () => {
  const source = "const a: number = 'text';\nconsole.log(a);\n";
  deepStrictEqual(await exec(source), {
    ...{ code: 0, stdout: "text\n", stderr: "" },
  });
  const { code, stdout, stderr } = await exec(source, ["--check"]);
  deepStrictEqual([code, stdout], [2, ""]);
  match(
    stderr,
    /^app\.ts:1:7: Type 'string' is not assignable to type 'number'/,
  );
});

Deno.test("exec refuses --check when the program is no script", async () => {
  await withDirectory({ "a.wasm": "" }, async (directory) => {
    const { io, stderr } = record(directory);
    strictEqual(await main(["exec", "a.wasm", "--check"], io), 2);
    match(stderr(), /^Cannot check types of WebAssembly: a\.wasm\n/);
  });
});

Deno.test("exec says so when a script is not there", async () => {
  await withDirectory({}, async (directory) => {
    const { io, stderr } = record(directory);
    strictEqual(await main(["exec", "a.ts"], io), 2);
    strictEqual(stderr(), "exec failed: Cannot find the file: a.ts\n");
  });
});

Deno.test("exec writes nothing beside a script", async () => {
  await withDirectory({ "a.ts": "export default () => {};\n" }, async (app) => {
    const { io } = record(app);
    strictEqual(await main(["exec", "a.ts"], io), 0);
    deepStrictEqual(await filesBelow(app), ["a.ts"]);
  });
});

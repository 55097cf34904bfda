import { deepStrictEqual, match, strictEqual } from "node:assert";
import { main } from "../command_line.ts";
import { filesBelow, record, withDirectory } from "../testdata/recorder.ts";

const MANIFEST = '[components.api]\ncapability = "sandboxed"';

async function generate(
  files: Readonly<Record<string, string>>,
  words: readonly string[],
  test: (ran: { code: number; stdout: string; stderr: string }, app: string) =>
    | Promise<void>
    | void,
): Promise<void> {
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    const code = await main(["generate", ...words], io);
    await test({ code, stdout: stdout(), stderr: stderr() }, app);
  });
}

Deno.test("generate adds a component behind what the manifest has", async () => {
  const files = { "rusm.toml": MANIFEST };
  await generate(files, ["component", "search"], async (ran, app) => {
    deepStrictEqual([ran.code, ran.stderr], [0, ""]);
    match(
      ran.stdout,
      /^created components\/search\/index\.ts\nchanged rusm\.toml\n/,
    );
    const manifest = await Deno.readTextFile(`${app}/rusm.toml`);
    strictEqual(manifest.startsWith(`${MANIFEST}\n\n#`), true);
    match(manifest, /^\[components\.search\]\ncapability = "sandboxed"$/m);
    const { io, stderr } = record(app);
    strictEqual(await main(["build"], io), 0, stderr());
    deepStrictEqual(await filesBelow(`${app}/wasm`), [
      ...["search.js", "search.js.map"],
    ]);
  });
});

Deno.test("generate adds two components, one after the other", async () => {
  await generate({ "rusm.toml": "" }, ["component", "a"], async (_, app) => {
    const { io } = record(app);
    strictEqual(await main(["generate", "component", "b"], io), 0);
    const again = record(app);
    strictEqual(await main(["generate", "component", "a"], again.io), 1);
  });
});

for (const kind of ["authentication", "auth"]) {
  Deno.test(`generate ${kind} adds a hook, also one that a listener names already`, async () => {
    const manifest = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
authentication = "keys"
${MANIFEST}`;
    const files = { "rusm.toml": manifest };
    await generate(files, [kind, "keys"], async (ran, app) => {
      deepStrictEqual([ran.code, ran.stderr], [0, ""]);
      match(ran.stdout, /^created auth\/keys\/index\.ts\nchanged rusm\.toml\n/);
      const extended = await Deno.readTextFile(`${app}/rusm.toml`);
      match(
        extended,
        /^\[components\."auth:keys"\]\ncapability = "sandboxed"$/m,
      );
      const { io, stderr } = record(app);
      strictEqual(await main(["build"], io), 0, stderr());
      deepStrictEqual(await filesBelow(`${app}/wasm`), [
        ...["auth-keys.js", "auth-keys.js.map"],
      ]);
    });
  });
}

/** Files, words, the exit code and what is said. */
const REFUSED: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  readonly string[],
  number,
  RegExp,
])[] = [
  [
    "there is no manifest",
    {},
    ["component", "a"],
    1,
    /Cannot find rusm\.toml in .*\nCreate an app with `rusm new`/,
  ],
  [
    "the manifest is wrong",
    { "rusm.toml": "[nod]" },
    ["component", "a"],
    2,
    /^rusm\.toml:1:2: /,
  ],
  [
    "the manifest has it",
    { "rusm.toml": MANIFEST },
    ["component", "api"],
    1,
    /where there is \[components\.api\] already: rusm\.toml/,
  ],
  [
    "its directory is there",
    { "rusm.toml": "", "components/a/x.ts": "" },
    ["component", "a"],
    1,
    /where there is this directory already: components\/a/,
  ],
  [
    "the manifest has the hook",
    { "rusm.toml": '[components."auth:keys"]' },
    ["auth", "keys"],
    1,
    /where there is \[components\."auth:keys"\] already: rusm\.toml/,
  ],
  [
    "a hook is to have a protocol",
    { "rusm.toml": "" },
    ["authentication", "keys", "-p", "ws"],
    2,
    /^A hook is asked by listeners of every --protocol/,
  ],
  [
    "nothing can be put behind the manifest",
    { "rusm.toml": "components = {}" },
    ["component", "a"],
    2,
    /Cannot put a component at the end of the manifest: rusm\.toml/,
  ],
  [
    "the name is none",
    { "rusm.toml": "" },
    ["component", "A b"],
    2,
    /^Cannot give a component a name/,
  ],
  [
    "the kind is unknown",
    { "rusm.toml": "" },
    ["componant", "a"],
    2,
    /^Unknown kind "componant": did you mean "component"\?/,
  ],
  [
    "the language is not there yet",
    { "rusm.toml": "" },
    ["component", "a", "--lang", "rust"],
    2,
    /^Cannot create a component with --lang rust yet/,
  ],
  [
    "there is no name",
    { "rusm.toml": "" },
    ["component"],
    2,
    /^Missing <name>/,
  ],
];

for (const [what, files, words, code, stderr] of REFUSED) {
  Deno.test(`generate refuses, and writes nothing, when ${what}`, async () => {
    await generate(files, words, async (ran, app) => {
      match(ran.stderr, stderr);
      strictEqual(ran.code, code);
      deepStrictEqual(await filesBelow(app), Object.keys(files).sort());
      for (const [path, text] of Object.entries(files)) {
        strictEqual(await Deno.readTextFile(`${app}/${path}`), text);
      }
    });
  });
}

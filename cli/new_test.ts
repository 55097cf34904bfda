import { deepStrictEqual, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import { namesIn } from "./file.ts";
import { STARTERS } from "./templates.ts";
import { filesBelow, record, withDirectory } from "./testdata/recorder.ts";

Deno.test("new writes the template and prints what to do next", async () => {
  await withDirectory({}, async (directory) => {
    const { io, stdout } = record(directory);
    strictEqual(await main(["new", "shop"], io), 0);
    deepStrictEqual(await filesBelow(`${directory}/shop`), [
      ...STARTERS[0]!.files.keys(),
    ]);
    strictEqual(
      stdout(),
      `created shop/
  .gitignore
  README.md
  components/api/index.ts
  rusm.toml
  tsconfig.json

next:
  cd shop
  rusm build
  rusm serve
  curl http://127.0.0.1:8080/

where rusm is what you have just run; give it that name with:
  alias rusm='deno run -A main.ts'
`,
    );
  });
});

Deno.test("new quotes the name when a shell would split it", async () => {
  await withDirectory({}, async (directory) => {
    const { io, stdout } = record(directory);
    strictEqual(await main(["new", "my shop"], io), 0);
    strictEqual(stdout().includes("  cd 'my shop'\n"), true);
  });
});

const ACCEPTED = [
  ["--lang", "typescript"],
  ["--lang=ts", "--protocol=http", "--template=hello"],
  ["-p", "http"],
  ["--template", "shortener"],
  ["--template", "todo-board"],
  ["-p", "ws"],
  ["-p", "sse"],
];

for (const options of ACCEPTED) {
  Deno.test(`new accepts ${options.join(" ")}`, async () => {
    await withDirectory({}, async (directory) => {
      const { io } = record(directory);
      strictEqual(await main(["new", "shop", ...options], io), 0);
    });
  });
}

const BAD_NAME =
  "Cannot create an app of this name, it is one directory below this one: ";

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [[], "Missing <name>"],
  [[""], `${BAD_NAME}""`],
  [["."], `${BAD_NAME}"."`],
  [[".."], `${BAD_NAME}".."`],
  [["a/b"], `${BAD_NAME}"a/b"`],
  [["a\\b"], `${BAD_NAME}"a\\\\b"`],
  [["--", "-a"], `${BAD_NAME}"-a"`],
  [["a", "b"], "Unexpected argument: b"],
  [
    ["a", "--lang", "rust"],
    "Cannot create an app with --lang rust yet: there is ts, typescript",
  ],
  [
    ["a", "--lang", "pascal"],
    'Unknown --lang "pascal": known words for --lang are ts, typescript',
  ],
  [
    ["a", "--protocol", "htp"],
    'Unknown --protocol "htp": did you mean "http"?',
  ],
  [
    ["a", "--template", "weather"],
    "Cannot create an app with --template weather yet: there is hello, shortener, board, ws, sse, todo-board, todo",
  ],
  [
    ["a", "--template", "helo"],
    'Unknown --template "helo": did you mean "hello"?',
  ],
];

for (const [args, message] of REFUSED) {
  Deno.test(`new refuses ${JSON.stringify(args)}`, async () => {
    await withDirectory({}, async (directory) => {
      const { io, stdout, stderr } = record(directory);
      strictEqual(await main(["new", ...args], io), 2);
      strictEqual(stdout(), "");
      strictEqual(
        stderr(),
        `${message}\nusage: rusm new <name> [--lang LANG] ` +
          "[--protocol PROTOCOL] [--template NAME]\n",
      );
      deepStrictEqual(await namesIn(directory), []);
    });
  });
}

Deno.test("new fails when the directory is not empty", async () => {
  await withDirectory({ "shop/mine.txt": "" }, async (directory) => {
    const { io, stderr } = record(directory);
    strictEqual(await main(["new", "shop"], io), 1);
    strictEqual(
      stderr(),
      "new failed: Cannot create an app where something is already: shop\n" +
        "Choose another name, or empty it first.\n",
    );
  });
});

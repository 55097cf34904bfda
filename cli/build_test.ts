import { deepStrictEqual, match, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import { namesIn } from "./file.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const GOOD = "export default () => new Response();\n";
const BAD = "export default () => {;\n";

/** Times and sizes differ from run to run. */
function steady(text: string): string {
  return text.replaceAll(/ +[\d.]+ (ms|s|kB|B)\b/g, " N");
}

Deno.test("build writes an artifact for each component", async () => {
  const files = {
    "rusm.toml": "",
    "components/api/index.ts": GOOD,
    "components/web/src/index.ts": GOOD,
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    strictEqual(await main(["build"], io), 0);
    deepStrictEqual(steady(stdout()).split("\n").sort(), [
      "",
      "  api N N  wasm/api.js",
      "  web N N  wasm/web.js",
      "building 2 components:",
      "built 2 components in N",
    ]);
    strictEqual(stderr(), "");
    deepStrictEqual(await namesIn(`${app}/wasm`), [
      ...["api.js", "api.js.map", "web.js", "web.js.map"],
    ]);
    match(await Deno.readTextFile(`${app}/wasm/api.js`), /module\.exports/);
  });
});

Deno.test("build reports every failure and keeps old artifacts", async () => {
  const files = {
    "components/api/index.ts": GOOD,
    "components/one/index.ts": BAD,
    "components/two/index.ts": 'import "node:fs";\n',
    "wasm/one.js": "old",
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    strictEqual(await main(["build"], io), 1);
    match(stdout(), /^ {2}one {14}failed$/m);
    match(stdout(), /^ {2}two {14}failed$/m);
    strictEqual(
      stderr(),
      `components/one/index.ts:1:24: Expected '}', got '<eof>'
  1 | export default () => {;
    |                        ^
components/two/index.ts:1:8: Cannot import "node:fs": a component has no Node APIs
  1 | import "node:fs";
    |        ^
build failed: Cannot build 2 components: one, two
`,
    );
    deepStrictEqual(await namesIn(`${app}/wasm`), [
      ...["api.js", "api.js.map", "one.js"],
    ]);
    strictEqual(await Deno.readTextFile(`${app}/wasm/one.js`), "old");
  });
});

Deno.test("build fails when a manifest cannot name a component", async () => {
  const files = { "components/My App/index.ts": GOOD };
  await withDirectory(files, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build"], io), 1);
    match(stderr(), /^components\/My App\/index\.ts: Cannot build a component/);
  });
});

Deno.test("build goes on when there are warnings", async () => {
  const files = { "components/api/index.ts": "import.meta.url;\n" };
  await withDirectory(files, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build", "--no-check"], io), 0);
    match(stderr(), /^components\/api\/index\.ts:1:1: warning: /);
  });
});

Deno.test("build says what it leaves alone", async () => {
  const files = {
    "components/api/index.ts": GOOD,
    "components/docs/readme.md": "",
    "wasm/gone.js": "",
  };
  await withDirectory(files, async (app) => {
    const { io, stdout } = record(app);
    strictEqual(await main(["build"], io), 0);
    match(stdout(), /^skipped: components\/docs has nothing to build$/m);
    match(stdout(), /^stale: wasm\/gone\.js is of no component any more$/m);
    deepStrictEqual(await namesIn(`${app}/wasm`), [
      ...["api.js", "api.js.map", "gone.js"],
    ]);
  });
});

Deno.test("build has nothing to do when there is no components/", async () => {
  await withDirectory({}, async (app) => {
    const { io, stdout } = record(app);
    strictEqual(await main(["build"], io), 0);
    strictEqual(stdout(), `nothing to build: no components/ in ${app}\n`);
    deepStrictEqual(await namesIn(app), []);
  });
});

Deno.test("build has nothing to do when components/ is empty", async () => {
  await withDirectory({ "components/readme.md": "" }, async (app) => {
    const { io, stdout } = record(app);
    strictEqual(await main(["build"], io), 0);
    strictEqual(stdout(), "nothing to build: components/ has none\n");
  });
});

Deno.test("build builds another app when --config names its manifest", async () => {
  const files = { "app/rusm.toml": "", "app/components/api/index.ts": BAD };
  await withDirectory(files, async (directory) => {
    const { io, stderr } = record(directory);
    strictEqual(await main(["build", "--config", "app/rusm.toml"], io), 1);
    match(stderr(), /^app\/components\/api\/index\.ts:1:24: /);
  });
});

Deno.test("build fails when --config names no file", async () => {
  await withDirectory({}, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build", "--config", "a.toml"], io), 2);
    strictEqual(stderr(), "build failed: Cannot find the manifest: a.toml\n");
  });
});

Deno.test("build fails when a component throws as it starts", async () => {
  const files = {
    "components/api/index.ts": `interface A {}

function fail(_: A): never {
  throw new TypeError("no");
}
fail({});
`,
  };
  await withDirectory(files, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build"], io), 1);
    strictEqual(
      stderr(),
      `components/api/index.ts:4:13: TypeError: no
  4 |   throw new TypeError("no");
    |             ^
    at components/api/index.ts:4:13
    at components/api/index.ts:6:1
    at components/api/index.ts:3:15
build failed: Cannot build 1 component: api
`,
    );
  });
});

Deno.test("build does nothing again when nothing has changed", async () => {
  const files = { "components/api/index.ts": GOOD };
  await withDirectory(files, async (app) => {
    await Deno.utime(`${app}/components/api/index.ts`, 1, 1);
    strictEqual(await main(["build"], record(app).io), 0);
    const { io, stdout } = record(app);
    strictEqual(await main(["build"], io), 0);
    deepStrictEqual(steady(stdout()).split("\n"), [
      "building 1 component:",
      "  api N the same  wasm/api.js",
      "nothing has changed, checked 1 component in N",
      "",
    ]);
  });
});

const ILL_TYPED = "export default (): Response => document;\n";

Deno.test("build fails when types are wrong, and writes what it has built", async () => {
  await withDirectory({ "components/api/index.ts": ILL_TYPED }, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build"], io), 1);
    strictEqual(
      stderr(),
      `components/api/index.ts:1:32: Cannot find name 'document' (TS2584)
  1 | export default (): Response => document;
    |                                ^
build failed: Cannot accept the types: 1 problem
What was built can be served. --no-check leaves types alone.
`,
    );
    deepStrictEqual(await namesIn(`${app}/wasm`), ["api.js", "api.js.map"]);
  });
});

Deno.test("build leaves types alone when --no-check is given", async () => {
  await withDirectory({ "components/api/index.ts": ILL_TYPED }, async (app) => {
    const { io, stderr } = record(app);
    strictEqual(await main(["build", "--no-check"], io), 0);
    strictEqual(stderr(), "");
  });
});

Deno.test("build tells programs how it went when --json is given", async () => {
  const files = {
    "components/api/index.ts": ILL_TYPED,
    "components/bad/index.ts": BAD,
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    strictEqual(await main(["build", "--json"], io), 1);
    strictEqual(stderr(), "");
    const { ok, components: [api, bad], types } = JSON.parse(stdout());
    const { bytes, ...told } = api;
    strictEqual(ok, false);
    strictEqual(bytes > 0, true);
    deepStrictEqual(told, {
      ...{ name: "api", outcome: "built", artifact: "wasm/api.js" },
      ...{ problems: [], warnings: [] },
    });
    deepStrictEqual(bad, {
      ...{ name: "bad", outcome: "failed", artifact: null, bytes: null },
      problems: [{
        ...{ file: "components/bad/index.ts", line: 1, column: 24 },
        text: "Expected '}', got '<eof>'",
      }],
      warnings: [],
    });
    // What does not parse is told once.
    deepStrictEqual(types, [{
      ...{ file: "components/api/index.ts", line: 1, column: 32 },
      text: "Cannot find name 'document' (TS2584)",
    }]);
  });
});

Deno.test("build tells programs that there is nothing to do", async () => {
  await withDirectory({}, async (app) => {
    const { io, stdout } = record(app);
    strictEqual(await main(["build", "--json"], io), 0);
    deepStrictEqual(JSON.parse(stdout()), {
      ...{ ok: true, components: [], types: [] },
    });
  });
});

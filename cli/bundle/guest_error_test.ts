import { deepStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { bundle } from "./bundle.ts";
import { problemOfGuest } from "./guest_error.ts";

const SOURCE = `interface A {}

function fail(a: A): never {
  throw new TypeError("no");
}
fail({});
`;

Deno.test("problemOfGuest() tells frames as places in the sources", async () => {
  await withDirectory({ "index.ts": SOURCE }, async (directory) => {
    const entry = `${directory}/index.ts`;
    const artifact = `${directory}/wasm/api.js`;
    const bundling = await bundle({ entry, artifact });
    strictEqual(bundling.type, "bundled");
    const lines = bundling.code.split("\n");
    const throwing = lines.indexOf('  throw new TypeError("no");') + 1;
    const calling = lines.indexOf("fail({});") + 1;
    const stack = `TypeError: no\n` +
      `    at fail (api.js:${throwing}:9)\n` +
      `    at <anonymous> (api.js:${calling}:1)\n` +
      `    at <eval> (api.js:1:1)\n`;
    const error = { message: "TypeError: no", stack };
    const problem = await problemOfGuest(
      error,
      "api.js",
      entry,
      bundling.origins,
    );
    deepStrictEqual(problem, {
      text: `TypeError: no\n    at ${entry}:4:9\n    at ${entry}:6:1`,
      place: { file: entry, line: 4, column: 9 },
      source: '  throw new TypeError("no");',
    });
  });
});

Deno.test("problemOfGuest() blames the entry when no frame is known", async () => {
  await withDirectory({ "index.ts": SOURCE }, async (directory) => {
    const entry = `${directory}/index.ts`;
    const artifact = `${directory}/wasm/api.js`;
    const bundling = await bundle({ entry, artifact });
    strictEqual(bundling.type, "bundled");
    const problem = await problemOfGuest(
      { message: "Out of memory" },
      "api.js",
      entry,
      bundling.origins,
    );
    deepStrictEqual(problem, {
      text: "Out of memory",
      place: { file: entry, line: undefined, column: undefined },
      source: undefined,
    });
  });
});

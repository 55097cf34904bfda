import { deepStrictEqual, strictEqual } from "node:assert";
import { main } from "../command_line.ts";
import { filesBelow, record, withDirectory } from "../testdata/recorder.ts";

const GOOD = {
  "rusm.toml": "[components.api]\n",
  "components/api/index.ts": "export default (): Response => new Response();\n",
  "wasm/api.js": "",
};

async function check(
  files: Readonly<Record<string, string>>,
  ...words: string[]
) {
  let ran = { code: -1, stdout: "", stderr: "" };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    const code = await main(["check", ...words], io);
    ran = { code, stdout: stdout(), stderr: stderr() };
  });
  return ran;
}

Deno.test("check finds nothing when nothing is wrong", async () => {
  deepStrictEqual(await check(GOOD), {
    ...{ code: 0, stdout: "nothing is wrong\n", stderr: "" },
  });
});

Deno.test("check finds nothing wrong with an app of nothing", async () => {
  strictEqual((await check({})).code, 0);
});

const BAD = {
  ...GOOD,
  "rusm.toml": "[components.api]\n\n[components.gone]\n",
  "components/api/index.ts": "export default (): Response => 1;\n",
};

Deno.test("check looks for nothing of components from elsewhere", async () => {
  const elsewhere = '[components.theme]\nsource = "https://a.test/theme"\n' +
    '[components.plugin]\ndynamic = "js"\n';
  const manifest = GOOD["rusm.toml"] + elsewhere;
  const { code } = await check({ ...GOOD, "rusm.toml": manifest });
  strictEqual(code, 0);
});

Deno.test("check tells all that is wrong, with its place", async () => {
  deepStrictEqual(await check(BAD), {
    code: 1,
    stdout: "",
    stderr:
      `rusm.toml:3:1: Cannot find what component "gone" was built into: wasm/gone.js or .wasm
  3 | [components.gone]
    | ^
components/api/index.ts:1:32: Type 'number' is not assignable to type 'Response' (TS2322)
  1 | export default (): Response => 1;
    |                                ^
check failed: 2 problems
Build components with \`rusm build\`.
`,
  });
});

Deno.test("check tells programs what is wrong when --json is given", async () => {
  const { code, stdout, stderr } = await check(BAD, "--json");
  deepStrictEqual([code, stderr], [1, ""]);
  deepStrictEqual(JSON.parse(stdout), {
    ok: false,
    problems: [
      {
        ...{ subject: "artifact", file: "rusm.toml", line: 3, column: 1 },
        text: 'Cannot find what component "gone" was built into: ' +
          "wasm/gone.js or .wasm",
      },
      {
        ...{ subject: "types", file: "components/api/index.ts" },
        ...{ line: 1, column: 32 },
        text: "Type 'number' is not assignable to type 'Response' (TS2322)",
      },
    ],
  });
});

Deno.test("check ends with 2 when the manifest is wrong", async () => {
  const files = { ...BAD, "rusm.toml": "[[serv]]\n[componets]\n" };
  const { code, stderr } = await check(files, "--no-types");
  strictEqual(code, 2);
  deepStrictEqual(
    stderr.split("\n").filter((line) => line.startsWith("rusm.toml:"))
      .map((line) => line.split(": ")[0]),
    ["rusm.toml:1:3", "rusm.toml:2:2"],
  );
});

Deno.test("check builds nothing", async () => {
  await withDirectory(GOOD, async (app) => {
    strictEqual(await main(["check", "--no-types"], record(app).io), 0);
    deepStrictEqual(await filesBelow(app), Object.keys(GOOD).sort());
  });
});

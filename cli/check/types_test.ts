import { deepStrictEqual, strictEqual } from "node:assert";
import { findComponents } from "../bundle/component.ts";
import { buildChanged } from "../bundle/changed.ts";
import { formatPlace, type Problem } from "../bundle/problem.ts";
import { readRecord } from "../bundle/record.ts";
import { filesBelow, withDirectory } from "../testdata/recorder.ts";
import { checkTypes, rememberTypes } from "./types.ts";

async function check(app: string): Promise<string[]> {
  const components = (await findComponents(app))?.found ?? [];
  const problems = await checkTypes(app, components);
  return problems.map((problem) => word(app, problem));
}

function word(app: string, { text, place }: Problem): string {
  const at = formatPlace({ ...place, file: place.file.slice(app.length + 1) });
  return `${at}: ${text}`;
}

const STRICT = '{"compilerOptions": {"noUncheckedIndexedAccess": true}}';

const ROWS: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  readonly string[],
])[] = [
  ["uses what components have", {
    "index.ts": `export default async (request: Request): Promise<Response> => {
  console.log(new URL(request.url).pathname, crypto.randomUUID());
  await new Promise((resolve) => setTimeout(resolve, 1));
  queueMicrotask(() => {});
  const text = new TextEncoder().encode(process.env["A"] ?? "");
  return new Response(new Blob([structuredClone(text)]).stream(), {
    headers: new Headers([["x", String(performance.now())]]),
  });
};
`,
  }, []],
  ["imports what all components can", {
    "index.ts": 'import { connect, websocket } from "@rusm/wasm/guest";\n' +
      'const store = connect<typeof import("./store.ts")>("store");\n' +
      "export const put = async (): Promise<number> =>\n" +
      '  await store.put("a", (got) => console.log(got.length));\n' +
      "export const wrong = () => store.put(1);\n" +
      "export default websocket({\n" +
      "  message: (socket, data) => void socket.send(data),\n});\n" +
      "Process.self() + 1n;\n",
    "store.ts":
      "export function put(key: string, told?: (got: string) => void): number {\n" +
      "  told?.(key);\n  return 1;\n}\n",
  }, [
    "index.ts:5:38: Argument of type 'number' is not assignable to parameter " +
    "of type 'string' (TS2345)",
  ]],
  ["gives a value of another type", {
    "index.ts": 'const a: number = "1";\nexport default () => a;\n',
  }, [
    "index.ts:1:7: Type 'string' is not assignable to type 'number' (TS2322)",
  ]],
  ["uses what browsers and Deno have", {
    "index.ts": "export const a = () => [\n  document,\n  Deno,\n  window,\n" +
      "  localStorage,\n];\n",
  }, [
    "index.ts:2:3: Cannot find name 'document' (TS2584)",
    "index.ts:3:3: Cannot find name 'Deno' (TS2304)",
    "index.ts:4:3: Cannot find name 'window' (TS2304)",
    "index.ts:5:3: Cannot find name 'localStorage' (TS2304)",
  ]],
  ["imports what has wrong types", {
    "index.ts": 'import "./b.ts";\n',
    "b.ts": "export const b: string = missing;\n",
  }, ["b.ts:1:26: Cannot find name 'missing' (TS2304)"]],
  ["is no TypeScript", { "index.ts": "export default {\n" }, [
    "index.ts:1:17: Unexpected token `<eof>`. Expected identifier, " +
    "string literal, numeric literal or [ for the computed key",
  ]],
  ["imports what is not there", { "index.ts": 'import "./b.ts";\n' }, [
    "index.ts:1:8: Cannot find module 'file://DIR/b.ts' (TS2307)",
  ]],
];

for (const [what, files, expected] of ROWS) {
  Deno.test(`checkTypes() when a component ${what}`, async () => {
    const named = Object.entries(files).map(([name, text]) =>
      [`components/a/${name}`, text] as const
    );
    await withDirectory(Object.fromEntries(named), async (app) => {
      const said = (await check(app)).map((line) =>
        line.replace("components/a/", "").replace(`${app}/components/a`, "DIR")
      );
      deepStrictEqual(said, expected);
    });
  });
}

Deno.test("checkTypes() is as strict as the app's own configuration", async () => {
  const source = "const a: number[] = [];\nexport const b: number = a[0];\n";
  const files = { "components/a/index.ts": source };
  for (const config of ["tsconfig.json", "deno.json"]) {
    await withDirectory(files, async (app) => {
      deepStrictEqual(await check(app), []);
      await Deno.writeTextFile(`${app}/${config}`, STRICT);
      strictEqual((await check(app)).length, 1);
    });
  }
});

Deno.test("checkTypes() knows the imports of the app's own configuration", async () => {
  const files = {
    "deno.json": '{"imports": {"lib": "./lib/mod.ts", /* all */},}',
    "lib/mod.ts": "export const lib = 1;\n",
    "components/a/index.ts": 'import { lib } from "lib";\n' +
      "export const a: number = lib;\n",
  };
  await withDirectory(files, async (app) => {
    deepStrictEqual(await check(app), []);
  });
});

Deno.test("checkTypes() asks Deno nothing when it knows that all is right", async () => {
  const files = {
    "components/a/index.ts": 'import type { B } from "./b.ts";\n' +
      "export const a: B = 'wrong';\n",
    "components/a/b.ts": "export type B = number;\n",
  };
  await withDirectory(files, async (app) => {
    const startMs = Date.now() + 60_000;
    const { found } = (await findComponents(app))!;
    const { inputs } = await buildChanged(app, found);
    strictEqual((await check(app)).length, 1);
    // It believes what it is told.
    await rememberTypes(app, found, inputs, startMs);
    deepStrictEqual(await check(app), []);
    await Deno.writeTextFile(
      `${app}/components/a/b.ts`,
      "export type B = boolean;\n",
    );
    strictEqual((await check(app)).length, 1);
  });
});

Deno.test("rememberTypes() remembers nothing that was written since, or is of unknown files", async () => {
  const files = { "components/a/index.ts": "export const a = 1;\n" };
  await withDirectory(files, async (app) => {
    const { found } = (await findComponents(app))!;
    const { inputs } = await buildChanged(app, found);
    await rememberTypes(app, found, inputs, 0);
    await rememberTypes(app, found, new Map(), Date.now() + 60_000);
    strictEqual(await readRecord(app, "types.json"), undefined);
  });
});

Deno.test("checkTypes() leaves editors the types of what components import", async () => {
  const files = { "components/a/index.ts": "export const a = 1;\n" };
  await withDirectory(files, async (app) => {
    await check(app);
    deepStrictEqual(await filesBelow(`${app}/.rusm`), [
      ...[".gitignore", "check.json", "globals.d.ts", "guest.d.ts"],
    ]);
  });
});

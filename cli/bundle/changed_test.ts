import { deepStrictEqual, strictEqual } from "node:assert";
import { filesBelow, withDirectory } from "../testdata/recorder.ts";
import { type Build, buildChanged } from "./changed.ts";
import { findComponents } from "./component.ts";

const FILES = {
  "components/api/index.ts": 'import { shared } from "../../lib/all.ts";\n' +
    'import data from "./data.json" with { type: "json" };\n' +
    'import type { A } from "./types.ts";\n' +
    "export default (a: A) => new Response(`${shared}${data.k}${a}`);\n",
  "components/api/data.json": '{"k": 1}\n',
  "components/api/types.ts": "export type A = string;\n",
  "components/web/index.ts": "export default () => new Response();\n",
  "lib/all.ts": 'export { shared } from "./shared.ts";\n',
  "lib/shared.ts": "export const shared = 1;\n",
  "components/made/made.wasm": "\0asm",
};

/** Old enough not to be taken for what was written during the build. */
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000);

async function age(app: string): Promise<void> {
  for (const path of await filesBelow(app)) {
    await Deno.utime(`${app}/${path}`, AN_HOUR_AGO, AN_HOUR_AGO);
  }
}

async function build(app: string): Promise<Build> {
  return await buildChanged(app, (await findComponents(app))?.found ?? []);
}

function typesOf({ outcomes }: Build): Record<string, string> {
  return Object.fromEntries(
    outcomes.map(({ component: { name }, type }) => [name, type]),
  );
}

/** A change of what was built, and the components that are built again. */
const CHANGES: readonly (readonly [
  string,
  (app: string) => Promise<void>,
  readonly string[],
])[] = [
  ["nothing has changed", () => Promise.resolve(), []],
  ["a file was touched", (app) => {
    return Deno.utime(`${app}/components/api/index.ts`, 0, 0);
  }, []],
  ["its main module has changed", (app) => {
    return append(app, "components/web/index.ts", "// more\n");
  }, ["web"]],
  ["what it imports from outside has changed", (app) => {
    return append(app, "lib/shared.ts", "// more\n");
  }, ["api"]],
  ["what only passes names on has changed", (app) => {
    return append(app, "lib/all.ts", "// more\n");
  }, ["api"]],
  ["its data has changed", (app) => {
    return append(app, "components/api/data.json", " ");
  }, ["api"]],
  ["its artifact was removed", (app) => {
    return Deno.remove(`${app}/wasm/api.js`);
  }, ["api"]],
  ["its artifact was edited", (app) => {
    return append(app, "wasm/web.js", " ");
  }, ["web"]],
  ["its map was removed", (app) => {
    return Deno.remove(`${app}/wasm/web.js.map`);
  }, ["web"]],
  ["what was prebuilt has changed", (app) => {
    return append(app, "components/made/made.wasm", "2");
  }, ["made"]],
  ["there is a configuration now", (app) => {
    return Deno.writeTextFile(`${app}/deno.json`, "{}");
    // What is prebuilt is the same then.
  }, ["api", "web"]],
  ["the record is damaged", (app) => {
    return append(app, ".rusm/build.json", "}");
  }, ["api", "web"]],
  ["the record is of another shape", (app) => {
    return Deno.writeTextFile(`${app}/.rusm/build.json`, "{}");
  }, ["api", "web"]],
];

async function append(app: string, path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${app}/${path}`, text, { append: true });
}

for (const [what, change, expected] of CHANGES) {
  Deno.test(`buildChanged() builds ${expected.join(", ") || "nothing"} when ${what}`, async () => {
    await withDirectory(FILES, async (app) => {
      await age(app);
      deepStrictEqual(Object.values(typesOf(await build(app))), [
        ...["built", "built", "built"],
      ]);
      await change(app);
      const types = typesOf(await build(app));
      const built = Object.keys(types).filter((name) =>
        types[name] === "built"
      );
      deepStrictEqual(built, expected);
    });
  });
}

Deno.test("buildChanged() tells what each component was made of, built or not", async () => {
  await withDirectory(FILES, async (app) => {
    await age(app);
    const inputs = [
      ...["components/api/data.json", "components/api/index.ts"],
      ...["components/api/types.ts", "lib/all.ts", "lib/shared.ts"],
    ];
    for (const _ of ["built", "not built"]) {
      const { inputs: known } = await build(app);
      deepStrictEqual(
        [...known.get("api") ?? []].sort(),
        inputs.map((path) => `${app}/${path}`),
      );
    }
  });
});

Deno.test("buildChanged() builds again what was written while it was built", async () => {
  await withDirectory(FILES, async (app) => {
    await age(app);
    const later = new Date(Date.now() + 60_000);
    await Deno.utime(`${app}/components/web/index.ts`, later, later);
    await build(app);
    deepStrictEqual(typesOf(await build(app)), {
      ...{ api: "unchanged", made: "unchanged", web: "built" },
    });
  });
});

Deno.test("buildChanged() builds again what has failed, and what it imports when it comes", async () => {
  const files = {
    "components/api/index.ts": 'import "./late.ts";\nexport default 1;\n',
    "components/web/index.ts": "export default 1;\n",
  };
  await withDirectory(files, async (app) => {
    await age(app);
    deepStrictEqual(typesOf(await build(app)), { api: "failed", web: "built" });
    deepStrictEqual(typesOf(await build(app)), {
      ...{ api: "failed", web: "unchanged" },
    });
    const late = `${app}/components/api/late.ts`;
    await Deno.writeTextFile(late, "export {};\n");
    deepStrictEqual(typesOf(await build(app)), {
      ...{ api: "built", web: "unchanged" },
    });
  });
});

Deno.test("buildChanged() keeps what it knows where no repository takes it", async () => {
  await withDirectory(FILES, async (app) => {
    await build(app);
    strictEqual(await Deno.readTextFile(`${app}/.rusm/.gitignore`), "*\n");
    deepStrictEqual(await filesBelow(`${app}/.rusm`), [
      ...[".gitignore", "build.json"],
    ]);
  });
});

Deno.test("buildChanged() builds a bundle whose map names it", async () => {
  await withDirectory(FILES, async (app) => {
    await build(app);
    const code = await Deno.readTextFile(`${app}/wasm/web.js`);
    const map = JSON.parse(await Deno.readTextFile(`${app}/wasm/web.js.map`));
    deepStrictEqual(code.trimEnd().split("\n").slice(-2), [
      `//# debugId=${map.debugId}`,
      "//# sourceMappingURL=web.js.map",
    ]);
    deepStrictEqual(map.sources, ["../components/web/index.ts"]);
  });
});

Deno.test("buildChanged() takes the bundle away when a component is no script any more", async () => {
  await withDirectory(FILES, async (app) => {
    await build(app);
    await Deno.remove(`${app}/components/web/index.ts`);
    await Deno.writeTextFile(`${app}/components/web/web.wasm`, "\0asm");
    deepStrictEqual(typesOf(await build(app))["web"], "built");
    deepStrictEqual(await filesBelow(`${app}/wasm`), [
      ...["api.js", "api.js.map", "made.wasm", "web.wasm"],
    ]);
  });
});

Deno.test("buildChanged() fails when a component has several files to choose from", async () => {
  const files = { "components/a/b.wasm": "", "components/a/c.wasm": "" };
  await withDirectory(files, async (app) => {
    const { outcomes: [outcome] } = await build(app);
    strictEqual(outcome?.type, "failed");
    strictEqual(
      outcome.problems[0]?.text,
      "Cannot choose among files, name one of them a/a.wasm: b.wasm, c.wasm",
    );
  });
});

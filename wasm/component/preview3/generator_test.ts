import { strictEqual } from "node:assert";
import { findGenerator } from "./generator.ts";

const TRANSPILE = "node_modules/@bytecodealliance/jco-transpile";

async function install(home: string): Promise<void> {
  await Deno.mkdir(home, { recursive: true });
  const exports = { ".": "./index.js", "./component": "./component.js" };
  await Deno.writeTextFile(`${home}/package.json`, JSON.stringify({ exports }));
  await Deno.writeTextFile(`${home}/index.js`, "");
  await Deno.writeTextFile(`${home}/component.js`, "");
}

const ROWS: readonly (readonly [
  where: string,
  installed: readonly string[],
  root: string | undefined,
])[] = [
  ["there", [`app/${TRANSPILE}`], "app/node_modules"],
  ["in a directory above", [TRANSPILE], "node_modules"],
  [
    "in the package that needs it",
    [
      "app/node_modules/@bytecodealliance/jco",
      `app/node_modules/@bytecodealliance/jco/${TRANSPILE}`,
    ],
    "app/node_modules",
  ],
  ["nowhere", [], undefined],
  ["beside the directory", [`other/${TRANSPILE}`], undefined],
];

for (const [where, installed, root] of ROWS) {
  Deno.test(`findGenerator() looks for what is installed ${where}`, async () => {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    try {
      await Deno.mkdir(`${directory}/app`);
      for (const home of installed) await install(`${directory}/${home}`);
      const found = findGenerator(`${directory}/app`);
      strictEqual(found?.root, root && `${directory}/${root}`);
      strictEqual(
        found?.entry.href.endsWith("/jco-transpile/component.js"),
        root && true,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("findGenerator() finds none that is of before it had a component", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await install(`${directory}/${TRANSPILE}`);
    await Deno.writeTextFile(
      `${directory}/${TRANSPILE}/package.json`,
      JSON.stringify({ exports: { ".": "./index.js" } }),
    );
    strictEqual(findGenerator(directory), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

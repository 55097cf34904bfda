import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { pathToFileURL } from "node:url";
import { generate, type GenerateOptions, NotGenerated } from "./generate.ts";
import type { Generator } from "./generator.ts";

const OPTIONS: GenerateOptions = {
  imports: new Map([["wasi:cli/stdout@0.3.0", "import0"]]),
  waiting: ["wasi:io/poll@0.2.0#poll"],
  blocking: ["go"],
};

// In the place of the real one.
async function withGenerator(
  body: string,
  check: (generator: Generator) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const path = `${root}/component.mjs`;
  await Deno.writeTextFile(
    path,
    `export const $init = Promise.resolve();
    export function generate(bytes, options) { ${body} }`,
  );
  try {
    await check({ entry: pathToFileURL(path), root });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function said(body: string): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  return withGenerator(
    `const text = JSON.stringify((() => { ${body} })());
    return { files: [["guest.js", new TextEncoder().encode(text)]] };`,
    async (generator) => {
      const component = Uint8Array.of(7, 8);
      const { text } = await generate(generator, component, OPTIONS);
      resolve(JSON.parse(text));
    },
  ).then(() => promise);
}

Deno.test("generate() gives the generator the component and the options", async () => {
  deepStrictEqual(
    await said(
      "return [[...bytes], options.map, options.asyncMode.val, options.base64Cutoff];",
    ),
    [
      [7, 8],
      [["wasi:cli/stdout@0.3.0", "import0"]],
      { imports: OPTIONS.waiting, exports: OPTIONS.blocking },
      0,
    ],
  );
});

Deno.test("generate() gives the glue apart from the modules", () =>
  withGenerator(
    `return { files: [["guest.core.wasm", bytes], ["guest.js", bytes]] };`,
    async (generator) => {
      const component = Uint8Array.of(0x61);
      const glue = await generate(generator, component, OPTIONS);
      strictEqual(glue.text, "a");
      deepStrictEqual([...glue.modules], [["guest.core.wasm", component]]);
    },
  ));

Deno.test("generate() gives the generator no variables and no permissions", async () => {
  const tried = `
    const failed = (act) => { try { act(); } catch ({ name }) { return name; } };
    return [
      Deno.env.has("RUSM_SECRET"),
      failed(() => Deno.readTextFileSync("/etc/hostname")),
      failed(() => Deno.writeTextFileSync("left", "")),
      Deno.permissions.querySync({ name: "run" }).state,
      Deno.permissions.querySync({ name: "net" }).state,
    ];`;
  Deno.env.set("RUSM_SECRET", "told to nobody");
  try {
    deepStrictEqual(await said(tried), [
      ...[false, "NotCapable", "NotCapable"],
      ...["prompt", "prompt"],
    ]);
  } finally {
    Deno.env.delete("RUSM_SECRET");
  }
});

const FAILURES:
  readonly (readonly [what: string, body: string, message: RegExp])[] = [
    [
      "throws",
      'throw new Error("no such type");',
      /^Cannot make glue, since jco refuses: .*no such type/,
    ],
    [
      "never ends to write",
      "const piece = new Uint8Array(2 ** 20); for (;;) Deno.stdout.writeSync(piece);",
      /^Cannot make glue in \d+ ms and \d+ bytes$/,
    ],
  ];

for (const [what, body, message] of FAILURES) {
  Deno.test(`generate() tells when the generator ${what}`, () =>
    withGenerator(body, async (generator) => {
      await rejects(
        generate(generator, new Uint8Array(0), OPTIONS),
        (error: Error) => {
          match(error.message, message);
          return error instanceof NotGenerated;
        },
      );
    }));
}

import { match, strictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import { runDeno } from "../../cli/process/deno.ts";
import { withDirectory } from "../../cli/testdata/recorder.ts";
import { GUEST_DECLARATIONS } from "../../cli/check/guest_types.gen.ts";

const GUEST = new URL("../../wasm/script/guest.ts", import.meta.url);
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

Deno.test("GUEST_DECLARATIONS says what the guest's module says", async () => {
  const files = {
    "guest.d.ts": GUEST_DECLARATIONS,
    "same.ts": `import type * as written from "./guest.d.ts";
import type * as real from "${GUEST}";
type Written = typeof written;
type Real = typeof real;
// Classes have names of their own, so that what gives one is not compared whole.
type Plain = "callTimeout" | "supervise" | "kv";
export const there: Pick<Real, Plain> = {} as Pick<Written, Plain>;
export const back: Pick<Written, Plain> = {} as Pick<Real, Plain>;
export const keys: keyof Real = {} as keyof Written;
export const names: keyof Written = {} as keyof Real;
type Handlers<M extends Real | Written> = [
  Parameters<M["websocket"]>,
  Parameters<M["sse"]>,
  Parameters<M["authentication"]>,
];
export const handlers: Handlers<Real> = {} as Handlers<Written>;
export const told: Handlers<Written> = {} as Handlers<Real>;
`,
  };
  await withDirectory(files, async (directory) => {
    const args = [
      "check",
      "--quiet",
      "--config",
      CONFIG,
      `${directory}/same.ts`,
    ];
    const { code, stderr } = await runDeno(args, directory);
    strictEqual(code, 0, `run tests/guest_types/generate.ts: ${stderr}`);
  });
});

Deno.test("GUEST_DECLARATIONS exports each type of the guest's module", async () => {
  const source = await Deno.readTextFile(GUEST);
  const names = [...source.matchAll(/export type \{([^}]*)\}/g)]
    .flatMap(([, list]) => list?.match(/\w+/g) ?? []);
  strictEqual(names.length > 10, true);
  for (const name of names) {
    match(
      GUEST_DECLARATIONS,
      new RegExp(
        `export (?:interface|type) ${name}\\b|export type \\{.*\\b${name}\\b.*\\}`,
      ),
    );
  }
});

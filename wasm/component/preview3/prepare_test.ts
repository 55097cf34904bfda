import { match, rejects, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { ModuleCache } from "../../core/module_cache.ts";
import { LoadFailed } from "../../errors.ts";
import { NeedsPreview3 } from "../errors.ts";
import { HostRegistry } from "../registry.ts";
import { componentOf } from "../testdata/source.ts";
import { GlueCache } from "./prepare.ts";
import { JCO_DIR } from "./testdata/installed.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const NEEDS = new NeedsPreview3(["async lift"]);

// jco is not part of this repository: `npm ci` in tests/guests/tools installs it.
const ignore = JCO_DIR === undefined;

function component(main: string, wit: string) {
  return componentOf({ main, exports: { "": wit } });
}

async function refusalOf(
  bytes: Uint8Array<ArrayBuffer>,
  registry?: HostRegistry,
): Promise<string> {
  const cache = new GlueCache(new ModuleCache(), JCO_DIR, registry);
  let message = "";
  await rejects(
    cache.prepare("it", bytes, SANDBOXED, NEEDS),
    (failure: LoadFailed) => {
      strictEqual(failure instanceof LoadFailed, true);
      message = failure.message;
      return true;
    },
  );
  return message;
}

Deno.test({
  name: "GlueCache prepares a component once for each cap of memory",
  ignore,
  fn: async () => {
    const bytes = await component('(func (export "run"))', "run: func();");
    const cache = new GlueCache(new ModuleCache(), JCO_DIR);
    const prepare = (name: string, memoryBytesMax: number) =>
      cache.prepare(name, bytes, { ...SANDBOXED, memoryBytesMax }, NEEDS);
    const [one, same, other] = await Promise.all([
      prepare("one", 2 ** 20),
      prepare("same", 2 ** 20),
      prepare("other", 2 ** 21),
    ]);
    strictEqual(one, same);
    strictEqual(one === other, false);
    strictEqual(one!.exports[0]!.name, "run");
  },
});

Deno.test({
  name: "GlueCache refuses a component that would be a promise",
  ignore,
  fn: async () => {
    const bytes = await component('(func (export "then"))', "then: func();");
    match(await refusalOf(bytes), /that exports a function: then$/);
  },
});

Deno.test({
  name: "GlueCache refuses names that are not plain before it makes glue",
  ignore,
  fn: async () => {
    const bytes = await component(
      `(func (export "run")) (func (export "a'b"))`,
      "run: func();",
    );
    match(
      await refusalOf(bytes),
      /^Cannot make glue of a name that is not plain: "a'b"/,
    );
  },
});

Deno.test({
  name: "GlueCache refuses imports that are not there before it makes glue",
  ignore,
  fn: async () => {
    const bytes = await Deno.readFile(
      new URL("../../../tests/guests/built/p3_command.wasm", import.meta.url),
    );
    match(
      await refusalOf(bytes, new HostRegistry([])),
      /^Cannot import /,
    );
  },
});

Deno.test({
  name: "GlueCache tells what jco says of a component that it refuses",
  ignore,
  fn: async () => {
    // A body that is not valid, which only who reads code finds.
    const bytes = await component('(func (export "run"))', "run: func();");
    const at = bytes.findLastIndex((_byte, index) =>
      bytes[index] === 0x0a && bytes[index + 1] === 0x04
    );
    bytes[at + 4] = 0x00;
    bytes[at + 5] = 0x6a;
    match(await refusalOf(bytes), /^Cannot make glue, since jco refuses: /);
  },
});

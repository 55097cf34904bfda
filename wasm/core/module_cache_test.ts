import { notStrictEqual, rejects, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES, type Capability } from "../capability.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { ModuleCache } from "./module_cache.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const ROOMIER: Capability = {
  ...SANDBOXED,
  memoryBytesMax: 2 * SANDBOXED.memoryBytesMax,
};

Deno.test("prepare() compiles the same bytes once, also at the same time", async () => {
  const cache = new ModuleCache();
  const bytes = await assemble(`(module (func (export "run")))`);
  const [one, other] = await Promise.all([
    cache.prepare("one", bytes, SANDBOXED),
    cache.prepare("other", bytes.slice(), SANDBOXED),
  ]);
  strictEqual(one, other);
  strictEqual(await cache.prepare("later", bytes, SANDBOXED), one);
});

Deno.test("prepare() keeps modules apart that differ, or that are capped otherwise", async () => {
  const cache = new ModuleCache();
  const bytes = await assemble(`(module (func (export "run")))`);
  const others = await assemble(`(module (func (export "go")))`);
  const one = await cache.prepare("one", bytes, SANDBOXED);
  notStrictEqual(await cache.prepare("other", others, SANDBOXED), one);
  notStrictEqual(await cache.prepare("roomy", bytes, ROOMIER), one);
  notStrictEqual(await cache.prepare("part", bytes, SANDBOXED, []), one);
});

Deno.test("prepare() names the component that failed, each time", async () => {
  const cache = new ModuleCache();
  const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff);
  for (const name of ["one", "other"]) {
    await rejects(cache.prepare(name, bytes, SANDBOXED), {
      name: "LoadFailed",
      component: name,
    });
  }
});

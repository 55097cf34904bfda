import {
  deepStrictEqual,
  notStrictEqual,
  rejects,
  strictEqual,
} from "node:assert";
import { BUILT_IN_PROFILES, type Capability } from "../capability.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { BYTES_AT_ONCE_MAX } from "./limits.ts";
import { digestOf, ModuleCache } from "./module_cache.ts";

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

Deno.test("prepare() keeps modules apart that are told otherwise, also by a list too short", async () => {
  const cache = new ModuleCache();
  const bytes = await assemble(`(module (import "a" "f" (func)))`);
  const lists = [[], [true], [false], [true, true]];
  const modules = await Promise.all(
    lists.map((told) => cache.prepare("part", bytes, SANDBOXED, told)),
  );
  strictEqual(new Set(modules).size, lists.length);
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

for (const size of [0, 1, BYTES_AT_ONCE_MAX, BYTES_AT_ONCE_MAX + 1]) {
  Deno.test(`digestOf() gives the SHA-256 of a view of ${size} bytes`, async () => {
    const bytes = new Uint8Array(size + 8).subarray(4, size + 4);
    crypto.getRandomValues(bytes.subarray(0, 65_536));
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    strictEqual(await digestOf(bytes), new Uint8Array(digest).toHex());
  });
}

Deno.test("prepare() compiles a module of any size", async () => {
  const module = await assemble(`(module (func (export "run")))`);
  for (const size of [1, BYTES_AT_ONCE_MAX]) {
    const bytes = withCustom(module, size);
    const cache = new ModuleCache();
    const ready = await cache.prepare("large", bytes, SANDBOXED);
    const names = WebAssembly.Module.exports(ready.module).map((each) =>
      each.name
    );
    deepStrictEqual(names, ["run", "$rusm.reset"]);
  }
});

// With a custom section of `size` bytes, the size itself in four.
function withCustom(
  module: Uint8Array<ArrayBuffer>,
  size: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(module.length + 6 + size);
  bytes.set(module);
  const digits = [0, 7, 14, 21].map((shift, nth) =>
    ((size + 1) >> shift) & 0x7f | (nth < 3 ? 0x80 : 0)
  );
  bytes.set([0, ...digits, 0], module.length);
  return bytes;
}

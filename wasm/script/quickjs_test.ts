import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";

import { PAGE_BYTES } from "../instrument/memory_cap.ts";
import { MEBIBYTE, STACK_BYTES_MAX } from "../limits.ts";
import { disassemble } from "../testdata/wat.ts";
import { QUICKJS_EXPORTS } from "./quickjs_exports.ts";
import { quickjs, QUICKJS_STACK_BYTES_MAX } from "./quickjs.ts";

Deno.test("quickjs() compiles once for each cap", async () => {
  strictEqual(await quickjs(8 * MEBIBYTE), await quickjs(8 * MEBIBYTE));
  notStrictEqual(await quickjs(8 * MEBIBYTE), await quickjs(9 * MEBIBYTE));
});

Deno.test("quickjs() has no state but its memory and its stack pointer", async () => {
  const text = await disassemble(
    await Deno.readFile(
      new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")),
    ),
  );
  // Whoever puts an instance back to its image relies on each of these.
  strictEqual(text.match(/\(global \(;\d+;\) \(mut /g)?.length, 1);
  strictEqual(text.match(/\(memory \(;/g)?.length, 1);
  strictEqual(text.match(/\(table \(;/g)?.length, 1);
  const mutating =
    /\b(table\.(set|grow|fill|copy|init)|elem\.drop|data\.drop|memory\.init)\b/;
  strictEqual(mutating.exec(text), null);
  ok(/\bmemory\.grow\b/.test(text), "the search finds what is there");
});

Deno.test("quickjs() imports nothing but what an instance is given", async () => {
  const imports = WebAssembly.Module.imports(await quickjs(8 * MEBIBYTE));
  deepStrictEqual(
    imports.map(({ module, name }) => `${module}.${name}`).toSorted(),
    [
      "env.host_call",
      "env.host_get_timezone_offset",
      "env.host_interrupt",
      "env.host_module_load",
      "env.host_module_normalize",
      "env.host_promise_rejection",
      "wasi_snapshot_preview1.clock_time_get",
      "wasi_snapshot_preview1.fd_close",
      "wasi_snapshot_preview1.fd_fdstat_get",
      "wasi_snapshot_preview1.fd_seek",
      "wasi_snapshot_preview1.fd_write",
      "wasi_snapshot_preview1.random_get",
    ],
  );
});

Deno.test("quickjs() exports what is used of it, and no more", async () => {
  const exports = WebAssembly.Module.exports(await quickjs(8 * MEBIBYTE));
  const names = new Set(exports.map(({ name }) => name));
  deepStrictEqual(names, QUICKJS_EXPORTS);
});

Deno.test("STACK_BYTES_MAX is what QuickJS can take, in whole pages", () => {
  ok(STACK_BYTES_MAX <= QUICKJS_STACK_BYTES_MAX);
  strictEqual(STACK_BYTES_MAX % PAGE_BYTES, 0);
});

/**
 * The QuickJS module, compiled once for each memory cap.
 *
 * @module
 */

// The import puts the package where the module's bytes can be read.
import { MAX_STACK_SIZE } from "quickjs-wasi";
import { keepExports } from "../instrument/keep_exports.ts";
import { capMemory } from "../instrument/memory_cap.ts";
import { QUICKJS_EXPORTS } from "./quickjs_exports.ts";

/** The deepest stack that the QuickJS module can take, in bytes. */
export const QUICKJS_STACK_BYTES_MAX: number = MAX_STACK_SIZE;

const modules = new Map<number, Promise<WebAssembly.Module>>();
let bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** QuickJS whose memory cannot grow past `memoryBytesMax`. */
export function quickjs(memoryBytesMax: number): Promise<WebAssembly.Module> {
  let module = modules.get(memoryBytesMax);
  if (module === undefined) {
    module = compile(memoryBytesMax);
    modules.set(memoryBytesMax, module);
  }
  return module;
}

/** Makes {@linkcode quickjs} answer with `module`, which another thread has from it. */
export function provideQuickjs(
  memoryBytesMax: number,
  module: WebAssembly.Module,
): void {
  if (modules.has(memoryBytesMax)) return;
  modules.set(memoryBytesMax, Promise.resolve(module));
}

async function compile(memoryBytesMax: number): Promise<WebAssembly.Module> {
  bytes ??= read();
  return WebAssembly.compile(capMemory(await bytes, memoryBytesMax));
}

// Of its 480 exports every instance would hold objects, ten times as many as
// are used.
async function read(): Promise<Uint8Array<ArrayBuffer>> {
  const url = import.meta.resolve("quickjs-wasi/quickjs.wasm");
  return keepExports(await Deno.readFile(new URL(url)), QUICKJS_EXPORTS);
}

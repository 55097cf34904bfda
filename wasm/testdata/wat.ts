/**
 * Assembles WebAssembly text, in tests alone.
 *
 * @module
 */

import wabt from "wabt";

// The types of wabt do not know them all, so they stand in a variable.
const FEATURES = { memory64: true, threads: true, multi_memory: true };

let toolkit: ReturnType<typeof wabt> | undefined;

/** The binary of a module that is written as text. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  toolkit ??= wabt();
  const module = (await toolkit).parseWat("test.wat", text, FEATURES);
  return module.toBinary({}).buffer as Uint8Array<ArrayBuffer>;
}

/** The text of a module, one instruction a line. */
export async function disassemble(module: Uint8Array): Promise<string> {
  toolkit ??= wabt();
  return (await toolkit).readWasm(module, {}).toText({});
}

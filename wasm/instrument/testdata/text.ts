/**
 * Assembles WebAssembly text with every feature that the assembler knows.
 *
 * @module
 */

import wabt from "wabt";

// The types of wabt do not know them all, so they stand in a variable.
const FEATURES = {
  annotations: true,
  code_metadata: true,
  exceptions: true,
  extended_const: true,
  function_references: true,
  gc: true,
  memory64: true,
  multi_memory: true,
  relaxed_simd: true,
  tail_call: true,
  threads: true,
};

let toolkit: ReturnType<typeof wabt> | undefined;

/** The binary of a module that is written as text, with its names if asked for. */
export async function assemble(
  text: string,
  names = false,
): Promise<Uint8Array<ArrayBuffer>> {
  toolkit ??= wabt();
  const module = (await toolkit).parseWat("test.wat", text, FEATURES);
  const { buffer } = module.toBinary({ write_debug_names: names });
  return buffer.slice() as Uint8Array<ArrayBuffer>;
}

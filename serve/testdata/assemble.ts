import wabt from "wabt";

let toolkit: ReturnType<typeof wabt> | undefined;

/** The binary of a module that is written as text, with its names. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  toolkit ??= wabt();
  const module = (await toolkit).parseWat("a.wat", text, {});
  const { buffer } = module.toBinary({ write_debug_names: true });
  return buffer as Uint8Array<ArrayBuffer>;
}

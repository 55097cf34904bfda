const clang = ["clang", "/usr/bin/clang"].find(hasWasm);

/** Whether this machine has a C compiler and a linker for Wasm. */
export const hasClang: boolean = clang !== undefined;

/** The module of a C program without a library; exports what it says. */
export async function compileC(
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/a.c`, text);
    const { success, stderr } = await new Deno.Command(clang!, {
      args: [
        ...["--target=wasm32", "-nostdlib", "-g", "-O1", "-Wl,--no-entry"],
        ...["a.c", "-o", "a.wasm"],
      ],
      cwd: directory,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return await Deno.readFile(`${directory}/a.wasm`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function hasWasm(program: string): boolean {
  const link = ["--target=wasm32", "-nostdlib", "-Wl,--no-entry"];
  const input = ["-x", "c", "/dev/null", "-o", "/dev/null"];
  try {
    return new Deno.Command(program, { args: [...link, ...input] })
      .outputSync().success;
  } catch {
    return false;
  }
}

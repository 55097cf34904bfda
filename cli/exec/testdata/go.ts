const go = ["go", "/usr/local/go/bin/go"].find(isThere);

/** Whether this machine has Go. */
export const hasGo: boolean = go !== undefined;

let command: Promise<Uint8Array> | undefined;

/** The module of `command/`, built once. */
export function buildCommand(): Promise<Uint8Array> {
  command ??= build();
  return command;
}

async function build(): Promise<Uint8Array> {
  const directory = await Deno.makeTempDir();
  try {
    const output = `${directory}/command.wasm`;
    const { success, stderr } = await new Deno.Command(go!, {
      args: ["build", "-o", output, "main.go"],
      cwd: new URL("command", import.meta.url),
      env: { GOOS: "wasip1", GOARCH: "wasm", GO111MODULE: "off" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function isThere(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

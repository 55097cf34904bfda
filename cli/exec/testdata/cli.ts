const MAIN = new URL("../../main.ts", import.meta.url).href;

/** How the program is run. */
export interface Call {
  /** Where; the directory of the modules. */
  readonly cwd: string;
  /** What it reads; nothing when absent. */
  readonly stdin?: string;
  /** Variables besides those of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `rusm` with `args`, all streams piped. */
export function startCli(args: readonly string[], call: Call) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    cwd: call.cwd,
    // Where nothing can be kept.
    env: { NO_COLOR: "1", RUSM_CACHE_DIR: "/dev/null/none", ...call.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `rusm` with `args` to its end. */
export async function runCli(args: readonly string[], call: Call) {
  const child = startCli(args, call);
  const writer = child.stdin.getWriter();
  // Who does not read is not waited for.
  const fed = writer.write(new TextEncoder().encode(call.stdin ?? ""))
    .then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

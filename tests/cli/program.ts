/**
 * The program as users run it: as a process, by the lines that it prints.
 *
 * @module
 */

const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** Starts `rusm` with `args` in `cwd`. */
export function rusm(args: readonly string[], cwd: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The lines of a stream, without their ends. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The first group of the first line that matches; the lines go on after it. */
export async function find(
  lines: AsyncGenerator<string>,
  pattern: RegExp,
): Promise<string> {
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const found = pattern.exec(line.value);
    if (found !== null) return found[1] ?? "";
  }
  throw new Error(`Cannot find a line: ${pattern}`);
}

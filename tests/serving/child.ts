/**
 * Apps that are served by a process of their own, for what would hurt the
 * process of the tests.
 *
 * @module
 */

import { DIRECTORY } from "./served.ts";

/** A process that serves. */
export interface Child {
  /** Where its first listener is. */
  readonly url: URL;
  /** Waits for a line of its log that matches, and answers it. */
  logged(pattern: RegExp): Promise<string>;
  /**
   * Sends it SIGINT.
   *
   * @returns Its exit code, and the last line that it printed.
   */
  stop(): Promise<{ code: number; lastLine: string | undefined }>;
}

const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/**
 * Calls `test` with a process that serves the app of `manifest`, and ends it
 * afterwards.
 *
 * @param filesMax How many files and connections it can have open.
 */
export async function withChild(
  manifest: string,
  filesMax: number,
  test: (child: Child) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const controller = new AbortController();
  try {
    await Deno.symlink(`${DIRECTORY}/wasm`, `${directory}/wasm`);
    await Deno.writeTextFile(`${directory}/rusm.toml`, manifest);
    const process = spawn(directory, filesMax, controller.signal);
    await test(await childOf(process));
  } finally {
    controller.abort();
    await Deno.remove(directory, { recursive: true });
  }
}

function spawn(
  directory: string,
  filesMax: number,
  signal: AbortSignal,
): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", 'ulimit -n "$FILES" && exec "$DENO" run -A "$MAIN" serve'],
    cwd: directory,
    env: { DENO: Deno.execPath(), MAIN, FILES: String(filesMax) },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function childOf(process: Deno.ChildProcess): Promise<Child> {
  const printed = linesOf(process.stdout);
  const log = linesOf(process.stderr);
  const line = await find(printed, /^try: /);
  return {
    url: new URL(/\S+:\/\/[^\s']+/.exec(line)![0]),
    logged: (pattern) => find(log, pattern),
    async stop() {
      process.kill("SIGINT");
      let lastLine: string | undefined;
      for await (const line of printed) lastLine = line;
      // Whoever waits for a line still has them all.
      for await (const _ of log);
      return { code: (await process.status).code, lastLine };
    },
  };
}

async function* linesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The first line that matches; the lines go on after it. */
async function find(
  lines: AsyncGenerator<string>,
  pattern: RegExp,
): Promise<string> {
  const seen: string[] = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    if (pattern.test(line.value)) return line.value;
    seen.push(line.value);
  }
  throw new Error(`Cannot find ${pattern} in:\n${seen.join("\n")}`);
}

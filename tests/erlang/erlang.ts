/**
 * Carries scenarios out on Erlang, where it is installed.
 *
 * @module
 */

import type { Scenario } from "./scenario.ts";
import type { Trace } from "./trace.ts";

const SOURCE = new URL("scenario.erl", import.meta.url).pathname;

/** Whether `erl` and `erlc` are to be found. */
export async function hasErlang(): Promise<boolean> {
  return await isFound("erl", "+V") && await isFound("erlc", "-help");
}

async function isFound(program: string, arg: string): Promise<boolean> {
  const output = { stdin: "null", stdout: "null", stderr: "null" } as const;
  try {
    await new Deno.Command(program, { args: [arg], ...output }).output();
    return true;
  } catch (error) {
    // Anything else is no answer.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The interpreter in Erlang, compiled; delete its directory afterwards. */
export class Erlang implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Compiles it. */
  static async compile(): Promise<Erlang> {
    const directory = await Deno.makeTempDir({ prefix: "erlang-" });
    await run("erlc", ["-Werror", "-o", directory, SOURCE]);
    return new Erlang(directory);
  }

  /**
   * Carries `scenarios` out, one after the other, and answers their traces.
   *
   * @throws {Error} Erlang failed; the message has what it printed.
   */
  async carryOut(scenarios: readonly Scenario[]): Promise<Trace[]> {
    if (scenarios.length === 0) return [];
    const input = await Deno.makeTempFile({ dir: this.#directory });
    const output = await Deno.makeTempFile({ dir: this.#directory });
    await Deno.writeTextFile(input, linesOf(scenarios));
    const main = `scenario:main(${quoted(input)}, ${quoted(output)}).`;
    // One scheduler, so that what is sent first arrives first.
    await run("erl", [
      ...["+S", "1", "-noshell", "-noinput"],
      ...["-pa", this.#directory, "-eval", main],
    ]);
    const lines = (await Deno.readTextFile(output)).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  /** Deletes what was compiled. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** Items as JSON, one on each line. */
export function linesOf(items: readonly unknown[]): string {
  return items.map((item) => JSON.stringify(item) + "\n").join("");
}

function quoted(path: string): string {
  return JSON.stringify(path);
}

async function run(program: string, args: string[]): Promise<void> {
  const env = { ERL_CRASH_DUMP_SECONDS: "0" };
  const command = new Deno.Command(program, { args, env, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  throw new Error(`Cannot run ${program}: ${said.slice(0, 4_000)}`);
}

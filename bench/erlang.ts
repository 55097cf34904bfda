/**
 * Erlang, as the peer of the process core.
 *
 * @module
 */

import { runChild } from "./child.ts";
import type { Peer, Variant } from "./noun.ts";

/** How long Erlang may take to start, or to compile one module, in milliseconds. */
const PREPARE_MS = 30_000;

/** As many processes as the benchmarks may want at once. */
const PROCESSES_MAX = 2_000_000;

const VERSION =
  'io:format("~s (erts ~s)", [erlang:system_info(otp_release), erlang:system_info(version)]), halt().';

/**
 * Erlang with the module in the file `source`.
 *
 * Its `main/1` takes a list of strings, prints figures as a line of JSON, and halts.
 */
export function erlang(source: string): Peer {
  return {
    name: "erlang",
    install: "apt-get install -y erlang-base",
    async prepare(directory) {
      const options = { cwd: directory, timeoutMs: PREPARE_MS };
      try {
        await runChild(["erlc", "-o", directory, source], options);
        return await runChild(["erl", "-noshell", "-eval", VERSION], options);
      } catch (thrown) {
        // Not installed is an answer, not a failure.
        if (thrown instanceof Deno.errors.NotFound) return null;
        throw thrown;
      }
    },
  };
}

/** A variant that `module:main(args)` plays. */
export function erlangVariant(
  peer: Peer,
  module: string,
  args: readonly (string | number)[],
): Variant {
  return {
    name: "Erlang",
    peer,
    command: (directory) => [
      ...["erl", "-noshell", "+P", String(PROCESSES_MAX), "-pa", directory],
      ...["-run", module, "main", ...args.map(String)],
    ],
  };
}

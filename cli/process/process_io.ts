/**
 * This process, as a command sees it.
 *
 * @module
 */

import { ownCacheDirectory } from "./cache_directory.ts";
import { invocationOf } from "./invocation.ts";
import type { Io, Output } from "../io.ts";
import { followParent, takeLaunch } from "./launch.ts";
import { onReloadSignal } from "./reload.ts";
import { restart } from "./restart.ts";
import { listenForStop } from "./stop.ts";

/**
 * Makes the {@linkcode Io} of this process. To be called once, first of all: it
 * takes the marks of a restart out of the environment.
 */
export function processIo(): Io {
  const launch = takeLaunch();
  if (launch.parentPid !== undefined) followParent(launch.parentPid);
  const cwd = launch.cwd ?? Deno.cwd();
  const cacheDirectory = ownCacheDirectory(cwd);
  const io: Io = {
    stdout: outputTo(Deno.stdout),
    stderr: outputTo(Deno.stderr),
    readInput: () => new Response(Deno.stdin.readable).bytes(),
    cwd,
    ...cacheDirectory === undefined ? {} : { cacheDirectory },
    invocation: invocation(),
    listenForStop,
    onReload: onReloadSignal,
  };
  // A compiled program has had its flags since it was compiled.
  if (launch.hasFlags || Deno.build.standalone) return io;
  const program = Deno.mainModule;
  return {
    ...io,
    restart: (args, directory) => restart({ program, args, directory, cwd }),
  };
}

function outputTo(stream: typeof Deno.stdout | typeof Deno.stderr): Output {
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    hasColour: isTerminal && !Deno.noColor,
    write: (text) => writeAll(stream, new TextEncoder().encode(text)),
    writeBytes: (bytes) => writeAll(stream, bytes),
  };
}

function writeAll(
  stream: typeof Deno.stdout | typeof Deno.stderr,
  bytes: Uint8Array,
): void {
  try {
    let written = 0;
    while (written < bytes.length) {
      written += stream.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    // The reader has left, as `| head` does: there is nobody to tell.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function invocation(): string {
  const query = { name: "env", variable: "PATH" } as const;
  const mayReadPath = Deno.permissions.querySync(query).state === "granted";
  return invocationOf({
    main: Deno.mainModule,
    binary: Deno.execPath(),
    version: Deno.version.deno,
    path: mayReadPath ? Deno.env.get("PATH") : undefined,
    isStandalone: Deno.build.standalone,
  });
}

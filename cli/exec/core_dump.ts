/**
 * The core dump of a program that trapped, as a file.
 *
 * @module
 */

import { resolve } from "node:path";
import { replaceFile } from "../file.ts";
import { type Io, print } from "../io.ts";

// A memory holds what nobody else is to read.
const OWNER_ONLY = 0o600;

/**
 * Puts a core dump at `file`, in one step, for its owner alone, and says so.
 * That it cannot be written is said too, and no failure: the program's own is
 * what counts.
 *
 * @param file Relative to the directory of `io`, or absolute.
 */
export async function saveCoreDump(
  file: string,
  dump: Uint8Array,
  io: Pick<Io, "cwd" | "stderr">,
): Promise<void> {
  try {
    await replaceFile(resolve(io.cwd, file), dump, OWNER_ONLY);
    print(io.stderr, `core dump of ${dump.length} bytes: ${file}`);
  } catch (error) {
    // Told, so that the exit code can still tell of the program.
    const { message } = error as Error;
    print(io.stderr, `Cannot write the core dump: ${message}`);
  }
}

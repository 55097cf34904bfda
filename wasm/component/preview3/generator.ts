/**
 * Where the generator of glue is: jco, which is not part of this program.
 *
 * @module
 */

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The package that generates glue. */
export const GENERATOR_PACKAGE = "@bytecodealliance/jco-transpile";

// It brings the generator along, and need not put it beside itself.
const WHOLE_PACKAGE = "@bytecodealliance/jco";

const MODULES = "/node_modules/";

/** A generator that is installed. */
export interface Generator {
  /** Its module. */
  readonly entry: URL;
  /** The directory that holds it and all that it needs. */
  readonly root: string;
}

/**
 * Finds the generator as Node does from a module in `directory`: in the
 * `node_modules` there, or in a directory above.
 *
 * @param directory An absolute path.
 * @returns Undefined when it is not installed.
 */
export function findGenerator(directory: string): Generator | undefined {
  const beside = join(directory, "_");
  const whole = resolved(beside, WHOLE_PACKAGE);
  const entry = resolved(beside, `${GENERATOR_PACKAGE}/component`) ??
    (whole && resolved(whole, `${GENERATOR_PACKAGE}/component`));
  if (entry === undefined) return undefined;
  const root = entry.slice(0, entry.indexOf(MODULES) + MODULES.length - 1);
  return { entry: pathToFileURL(entry), root };
}

function resolved(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    // That it is not there is an answer; so is that it may not be looked for.
    const { code, name } = error as { code?: string; name?: string };
    const isAnswer = code === "MODULE_NOT_FOUND" || name === "NotCapable" ||
      code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    if (!isAnswer) throw error;
    return undefined;
  }
}

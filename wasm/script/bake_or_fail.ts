/**
 * Scripts that are evaluated to be loaded.
 *
 * @module
 */

import { BUILT_IN_PROFILES, type Capability } from "../capability.ts";
import { LoadFailed } from "../errors.ts";
import { GuestOutOfMemory, GuestThrew } from "./guest_error.ts";
import { bake, type BakeOptions, type Image } from "./image.ts";

/**
 * Evaluates a component as `Engine.load` does, and forgets it: for
 * showing errors when it is built.
 *
 * @throws {LoadFailed} The component threw while it was evaluated.
 */
export async function checkBundle(name: string, bundle: string): Promise<void> {
  const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
  await bakeOrFail(name, bundle, sandboxed, () => {});
}

/**
 * Evaluates a script.
 *
 * @throws {LoadFailed} It threw, or used too much memory.
 */
export async function bakeOrFail(
  name: string,
  bundle: string,
  capability: Capability,
  log: (level: number, text: string) => void,
  options: BakeOptions = {},
): Promise<Image> {
  try {
    return await bake(name, bundle, capability, log, options);
  } catch (thrown) {
    // The guest boundary: a component that throws is the app's fault, not ours.
    if (thrown instanceof GuestThrew) {
      throw new LoadFailed(name, thrown.message, thrown.error.stack);
    }
    if (thrown instanceof GuestOutOfMemory) {
      throw new LoadFailed(name, "Used more memory than its profile has", "");
    }
    throw thrown;
  }
}

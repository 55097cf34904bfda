/**
 * Building one component, from its sources to its artifact.
 *
 * @module
 */

import { checkBundle, LoadFailed } from "../check_bundle.ts";
import { replaceFile } from "../file.ts";
import { bundle, type Origins } from "./bundle.ts";
import type { Component } from "./component.ts";
import { problemOfGuest } from "./guest_error.ts";
import { type Problem, wholeFile } from "./problem.ts";

/** How the build of a component ended. */
export type Outcome =
  | {
    readonly type: "built";
    readonly component: Component;
    /** Size of the artifact. */
    readonly bytes: number;
    /** How long it took, in milliseconds. */
    readonly ms: number;
    readonly warnings: readonly Problem[];
  }
  | {
    readonly type: "failed";
    readonly component: Component;
    /** Everything that was found to be wrong. */
    readonly problems: readonly Problem[];
  };

/** What a manifest takes for the name of a component. */
const NAME = /^[a-z][a-z0-9_-]*$/;

/**
 * Bundles `component`, tries the bundle, and writes its artifact. An artifact
 * that is there is replaced when all went well, and else left alone.
 */
export async function buildComponent(component: Component): Promise<Outcome> {
  if (!NAME.test(component.name)) return misnamed(component);
  const startMs = performance.now();
  const bundling = await bundle(component);
  if (bundling.type === "failed") return { component, ...bundling };
  const { code, origins, warnings } = bundling;
  const problem = await tryBundle(component, code, origins);
  if (problem !== undefined) {
    return { type: "failed", component, problems: [problem] };
  }
  await replaceFile(component.artifact, code);
  const bytes = new TextEncoder().encode(code).length;
  const ms = performance.now() - startMs;
  return { type: "built", component, bytes, ms, warnings };
}

function misnamed(component: Component): Outcome {
  const text = "Cannot build a component that a manifest cannot name: " +
    "rename it with lower-case letters, digits, _ and -";
  const problem = {
    text,
    place: wholeFile(component.entry),
    source: undefined,
  };
  return { type: "failed", component, problems: [problem] };
}

async function tryBundle(
  { name, entry }: Component,
  code: string,
  origins: Origins,
): Promise<Problem | undefined> {
  try {
    await checkBundle(name, code);
    return undefined;
  } catch (error) {
    // The guest boundary: what a component throws is the answer.
    if (!(error instanceof LoadFailed)) throw error;
    return await problemOfGuest(error, `${name}.js`, entry, origins);
  }
}

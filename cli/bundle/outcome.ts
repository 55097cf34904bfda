/**
 * Building one component, from its sources to its artifact.
 *
 * @module
 */

import { basename, join } from "node:path";
import { checkBundle, LoadFailed, type Origins } from "../check_bundle.ts";
import { namesIn, replaceFile } from "../file.ts";
import { bundle } from "./bundle.ts";
import type { Component } from "./component.ts";
import { digest, digestFile } from "./fingerprint.ts";
import { problemOfGuest } from "./guest_error.ts";
import { type Problem, wholeFile } from "./problem.ts";
import { makeWithCargo, makeWithGo, ToolFailure } from "./toolchain.ts";

/** How the build of a component ended. */
export type Outcome =
  | {
    /** `"unchanged"` when its artifact is as it was. */
    readonly type: "built" | "unchanged";
    /** What was built. */
    readonly component: Component;
    /** Size of the artifact. */
    readonly bytes: number;
    /** How long it took, in milliseconds. */
    readonly ms: number;
    /** What is odd, and no failure. */
    readonly warnings: readonly Problem[];
  }
  | {
    readonly type: "failed";
    /** What was not built. */
    readonly component: Component;
    /** Everything that was found to be wrong. */
    readonly problems: readonly Problem[];
  };

/** What a manifest takes for the name of a component. */
const NAME = /^(auth:)?[a-z][a-z0-9_-]*$/;

/**
 * Builds `component`, tries it if it is a bundle, and writes its artifact. An
 * artifact that is there is replaced when all went well, and else left alone.
 */
export async function buildComponent(component: Component): Promise<Outcome> {
  if (!NAME.test(component.name)) {
    return failed(
      component,
      "Cannot build a component that a manifest cannot name: " +
        "rename it with lower-case letters, digits, _ and -",
    );
  }
  switch (component.kind) {
    case "script":
      return await buildScript(component);
    case "cargo":
      return await buildWith(makeWithCargo, component);
    case "go":
      return await buildWith(makeWithGo, component);
    case "prebuilt":
      return await buildWith(({ entry }) => Deno.readFile(entry), component);
    case "ambiguous":
      return await refuseAmbiguous(component);
  }
}

async function buildScript(component: Component): Promise<Outcome> {
  const startMs = performance.now();
  const bundling = await bundle(component);
  if (bundling.type === "failed") return { component, ...bundling };
  const { origins, warnings } = bundling;
  const { code, map } = await seal(component, bundling);
  const problem = await tryBundle(component, code, origins);
  if (problem !== undefined) {
    return { type: "failed", component, problems: [problem] };
  }
  // The map first: code whose map is not there yet has none.
  await replaceFile(`${component.artifact}.map`, map);
  await replaceFile(component.artifact, code);
  const bytes = new TextEncoder().encode(code).length;
  const ms = performance.now() - startMs;
  return { type: "built", component, bytes, ms, warnings };
}

interface Sealed {
  readonly code: string;
  readonly map: string;
}

/**
 * Names the bundle and its map after what they hold, so that nobody takes the map
 * of one build for that of another.
 *
 * @see The proposal for debug ids of ECMA-426.
 */
async function seal({ artifact }: Component, { code, map }: Sealed) {
  const word = await digest(`${code}\n${map}`);
  const debugId = word.slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const trailer = `//# sourceMappingURL=${basename(artifact)}.map`;
  return {
    code: `${code.trimEnd()}\n//# debugId=${debugId}\n${trailer}\n`,
    map: JSON.stringify({ ...JSON.parse(map), debugId }),
  };
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

async function buildWith(
  make: (component: Component) => Promise<Uint8Array>,
  component: Component,
): Promise<Outcome> {
  const startMs = performance.now();
  try {
    const bytes = await make(component);
    const isSame = await digestFile(component.artifact) === await digest(bytes);
    if (!isSame) await replaceFile(component.artifact, bytes);
    await removeBundle(component);
    return {
      type: isSame ? "unchanged" : "built",
      component,
      bytes: bytes.length,
      ms: performance.now() - startMs,
      warnings: [],
    };
  } catch (error) {
    // What a tool finds wrong is wrong with the component.
    if (!(error instanceof ToolFailure)) throw error;
    return failed(component, error.message);
  }
}

// What is left of a component that was a script is looked for first.
async function removeBundle({ artifact }: Component): Promise<void> {
  const bundle = artifact.replace(/\.\w+$/, ".js");
  for (const path of [bundle, `${bundle}.map`]) {
    await Deno.remove(path).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function refuseAmbiguous(component: Component): Promise<Outcome> {
  const { entry } = component;
  const name = basename(entry);
  const names = (await namesIn(entry) ?? [])
    .filter((each) => each.endsWith(".wasm"));
  return failed(
    component,
    `Cannot choose among files, name one of them ${
      join(name, `${name}.wasm`)
    }: ${names.join(", ")}`,
  );
}

function failed(component: Component, text: string): Outcome {
  const place = wholeFile(component.entry);
  const problems = [{ text, place, source: undefined }];
  return { type: "failed", component, problems };
}

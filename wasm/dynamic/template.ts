/**
 * Templates: names that code from elsewhere runs under.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { checkIsolation, type LoadOptions } from "../engine_options.ts";

/**
 * What the code of a template is.
 *
 * | | code | its processes begin with |
 * | --- | --- | --- |
 * | `"js"` | one CommonJS script, in UTF-8 | its default export |
 * | `"wasm"` | a component or a core module, in binary form | `Template.entry` |
 * | `"wasi-cli"` | the same, a command | `wasi:cli/run` or `_start` |
 */
export type TemplateKind = "js" | "wasm" | "wasi-cli";

/** A name without code of its own. */
export interface Template extends LoadOptions {
  /** What guests call it. */
  readonly name: string;
  /** What its code is. */
  readonly kind: TemplateKind;
  /** What its processes may do, whoever spawns them. */
  readonly capability: Capability;
  /** The exported function that processes of `"wasm"` begin with; `"run"` when absent. */
  readonly entry?: string;
}

const KINDS: readonly string[] = ["js", "wasm", "wasi-cli"];

/**
 * Refuses what is no template: a caller without types can hold anything.
 *
 * @throws {RangeError} Its kind or its isolation is none, or it has an entry
 * that nothing begins with.
 */
export function checkTemplate(template: Template): void {
  const { name, kind, entry } = template;
  checkIsolation(template);
  if (!KINDS.includes(kind)) {
    throw new RangeError(
      `Cannot make a template of another kind than ${
        KINDS.join(", ")
      }: ${kind}`,
    );
  }
  if (entry === undefined || kind === "wasm") return;
  throw new RangeError(
    `Cannot choose the entry of a template of kind ${kind}: ${name}`,
  );
}

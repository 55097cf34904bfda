/**
 * Glue as a module that can be imported.
 *
 * @module
 */

import { NotGenerated } from "./generate.ts";
import type { Glue } from "./glue.ts";

/** What glue is given instead of the globals of these names. */
export interface GlueScope {
  /** What it sees of `WebAssembly`. */
  readonly WebAssembly: Readonly<Record<string, unknown>>;
  /** Makes views of memory. */
  readonly DataView: typeof DataView;
  /** Makes copies and views of memory. */
  readonly Uint8Array: typeof Uint8Array;
  /** The same. */
  readonly Uint16Array: typeof Uint16Array;
  /** Called in each round of a loop that counts. */
  readonly check: () => void;
}

/** What the module of a component gives. */
export type GlueModule = (scope: GlueScope) => Glue;

// What glue has no use for. A parameter hides the global of that name from all
// of its text; it is no sandbox.
const HIDDEN = [
  ...["process", "Deno", "fetch", "self", "postMessage", "close", "onmessage"],
  ...["addEventListener", "removeEventListener", "dispatchEvent", "Worker"],
  ...["BroadcastChannel", "MessageChannel", "WebSocket", "EventSource"],
  ...["navigator", "location", "caches", "localStorage", "sessionStorage"],
  ...["prompt", "alert", "confirm", "reportError", "Function"],
];

// Comments of the generator speak of imports, too.
const IMPORTS = /\bimport\s*(?:\/\*.*?\*\/\s*)?\(|^\s*import\b[^\n]*["']/m;
const EXPORTS = /^\s*export (?=function |const )/gm;

// Loops over elements of lists: how many there are the guest says.
const LOOPS = /\bfor \((?:let|var) \w+ = 0; [^;\n]+; [^;\n]+\) \{/g;

/**
 * The text of a module whose default export is a {@linkcode GlueModule}.
 *
 * @param glue A module that exports `instantiate`.
 * @throws {NotGenerated} It would import another module.
 */
export function glueModule(glue: string): string {
  if (IMPORTS.test(glue)) {
    throw new NotGenerated("Cannot run glue that imports other modules");
  }
  const body = glue.replace(EXPORTS, "").replace(LOOPS, "$& $rusmCheck();");
  return `export default ({ WebAssembly, DataView, Uint8Array, Uint16Array, check }) =>
glue(WebAssembly, { WebAssembly }, DataView, Uint8Array, Uint16Array, check);
function glue(WebAssembly, globalThis, DataView, Uint8Array, Uint16Array, $rusmCheck, ${
    HIDDEN.join(", ")
  }) {
${body}
return { instantiate };
}
`;
}

/**
 * Whether names in a component can do nothing but be names.
 *
 * Glue is program text, with names of the component in it. That the generator
 * quotes them well is not relied upon.
 *
 * @module
 */

import { InvalidComponent, type Place } from "../errors.ts";
import { readCoreInterface } from "../core_module.ts";
import type { ComponentSyntax, Definition } from "../syntax.ts";

// Printable, without quotes, backslashes, or what begins an expression or ends
// a comment.
const PLAIN = /^(?:(?!\$\{|\*\/|\/\/)[\x20-\x7e])*$/;
const QUOTES = /["'`\\]/;

/**
 * Insists that no name in `component`, and in what it is made of, could end a
 * string or a comment of JavaScript.
 *
 * @throws {InvalidComponent} One could, or a core module is malformed.
 */
export function insistPlainNames({ definitions }: ComponentSyntax): void {
  for (const definition of definitions) insistPlainIn(definition);
}

function insistPlainIn(definition: Definition): void {
  const { place } = definition;
  switch (definition.kind) {
    case "component":
      return insistPlainNames(definition.component);
    case "core module":
      return insistPlainModule(definition.bytes, place);
    default:
      return insistPlain(definition, place);
  }
}

function insistPlainModule(bytes: Uint8Array, place: Place): void {
  const { imports, exports } = readCoreInterface(bytes, place);
  for (const { module, name } of imports) insistPlain([module, name], place);
  insistPlain([...exports.keys()], place);
}

// Definitions are plain data, and all text in them is names. They lie in each
// other no deeper than the decoder lets them.
function insistPlain(data: unknown, place: Place): void {
  if (typeof data === "string") return insistPlainName(data, place);
  if (typeof data !== "object" || data === null) return;
  for (const part of Object.values(data)) insistPlain(part, place);
}

function insistPlainName(name: string, place: Place): void {
  if (PLAIN.test(name) && !QUOTES.test(name)) return;
  throw new InvalidComponent(
    `Cannot make glue of a name that is not plain: ${JSON.stringify(name)}`,
    place,
  );
}

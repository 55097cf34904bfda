/**
 * Finds the names that a script uses without declaring them: its globals.
 *
 * @module
 */

import {
  analyze,
  type Definition,
  DefinitionType,
} from "@typescript-eslint/scope-manager";

/**
 * Lists every use of a name that no scope of the script declares, in values
 * and in types.
 *
 * A name that is declared only with `declare` is free: it stands for something
 * that exists elsewhere. Property names are not uses.
 *
 * @returns In no particular order.
 */
export function freeNames(
  source: Deno.lint.SourceCode,
): Deno.lint.Identifier[] {
  const origins: Origins = new Map();
  const tree = estree(source.ast, origins) as Parameters<typeof analyze>[0];
  const { scopes } = analyze(tree, { sourceType: "module", lib: [] });
  return scopes
    .flatMap((scope) => scope.references)
    .filter(({ resolved }) =>
      resolved?.defs.every((each) => isAmbient(source, origins, each)) ?? true
    )
    .map(({ identifier }) => origins.get(identifier))
    .filter((node) => node?.type === "Identifier");
}

/** The linter's node of each node that the analysis saw. */
type Origins = Map<object, Deno.lint.Node>;

// The linter does not know `declare class` from `class`, so the text decides.
function isAmbient(
  source: Deno.lint.SourceCode,
  origins: Origins,
  { type, node, parent }: Definition,
): boolean {
  const statement = type === DefinitionType.Variable ? parent : node;
  return /^declare\s/.test(source.getText(origins.get(statement)));
}

// The linter's nodes are views on one buffer that differ from ESTree: most lack
// the `decorators` that the analysis expects, and a static block holds a block.
function estree(value: unknown, origins: Origins): unknown {
  if (Array.isArray(value)) return value.map((item) => estree(item, origins));
  if (!isNode(value)) return value;
  const copy: Record<string, unknown> = { decorators: [] };
  origins.set(copy, value);
  for (const key in value) {
    if (key === "parent") continue;
    const child = estree(value[key as keyof typeof value], origins);
    if (child !== undefined) copy[key] = child;
  }
  if (value.type === "StaticBlock") copy["body"] = [copy["body"]];
  return copy;
}

function isNode(value: unknown): value is Deno.lint.Node {
  return typeof value === "object" && value !== null && "type" in value;
}

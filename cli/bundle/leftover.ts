/**
 * Imports that a bundle still holds, although nothing will answer them.
 *
 * @module
 */

import { type CallExpression, type Function, type Node, parse } from "acorn";
import { ancestor } from "acorn-walk";

/** An import that was left out of a bundle. */
export interface Leftover {
  /** What is imported; `undefined` when the code computes it. */
  readonly specifier: string | undefined;
  /** Line in the bundle, 1-based. */
  readonly line: number;
  /** Column in the bundle, 0-based, in UTF-16 code units. */
  readonly column: number;
}

/**
 * Finds each `require("…")` and `import(…)` of a bundle, in its order.
 *
 * Left alone: a `require` that the code itself declares, as packages that were
 * bundled before do; one in a `try`, whose author expects it to fail; and one
 * whose argument is computed, of which the same is true in practice.
 *
 * @param code A CommonJS bundle. What does not parse has none: the runner says
 * what is wrong with it.
 * @param answered What the runner answers a `require` of; it is not found.
 */
export function findLeftovers(code: string, answered?: string): Leftover[] {
  const program = parseBundle(code);
  if (program === undefined) return [];
  const leftovers: Leftover[] = [];
  ancestor(program, {
    CallExpression(node, _state, ancestors) {
      if (!isRequire(node) || isAnswered(ancestors)) return;
      const specifier = literalOf(node.arguments[0]);
      if (specifier === undefined || specifier === answered) return;
      leftovers.push({ specifier, ...at(node) });
    },
    ImportExpression(node) {
      leftovers.push({ specifier: literalOf(node.source), ...at(node.source) });
    },
  });
  return leftovers;
}

function parseBundle(code: string): Node | undefined {
  try {
    return parse(code, {
      ecmaVersion: "latest",
      sourceType: "script",
      locations: true,
      // The runner wraps the bundle in a function.
      allowReturnOutsideFunction: true,
    });
  } catch (error) {
    // The bundler accepts more than this parser, and the runner has its say.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRequire({ callee }: CallExpression): boolean {
  return callee.type === "Identifier" && callee.name === "require";
}

function isAnswered(ancestors: readonly Node[]): boolean {
  return ancestors.some((node, index) =>
    declaresRequire(node) ||
    (node.type === "TryStatement" && "block" in node &&
      node.block === ancestors[index + 1])
  );
}

function declaresRequire(node: Node): boolean {
  return isFunction(node) &&
    node.params.some((param) =>
      param.type === "Identifier" && param.name === "require"
    );
}

function isFunction(node: Node): node is Function {
  return "params" in node;
}

function literalOf(node: Node | undefined): string | undefined {
  if (node === undefined || !("value" in node)) return undefined;
  return typeof node.value === "string" ? node.value : undefined;
}

function at({ loc }: Node): { line: number; column: number } {
  return { line: loc?.start.line ?? 1, column: loc?.start.column ?? 0 };
}

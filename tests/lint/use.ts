/**
 * What a script does with a value.
 *
 * @module
 */

import { isSame, literalText, propertyName, withTypes } from "./syntax.ts";

/** What is done with the value of an expression. */
export type Use =
  /** Members are read by name; several by a pattern. */
  | { readonly type: "members"; readonly members: readonly Member[] }
  /** `new value(…)` with so many arguments. */
  | { readonly type: "construct"; readonly count: number }
  /** `… instanceof value`. */
  | { readonly type: "compare" }
  /** Only its type matters. */
  | { readonly type: "type" }
  /** Anything else: it is called, passed on, stored, or read by a computed name. */
  | { readonly type: "other" };

/** A member that is read. */
export interface Member {
  /** The member's name. */
  readonly name: string;
  /** What is done with the member. */
  readonly use: Use;
}

/** Tells what is done with a node's value. */
export function useOf(node: Deno.lint.Node): Use {
  const outer = withTypes(node);
  const { parent } = outer as Deno.lint.Expression;
  switch (parent.type) {
    case "MemberExpression":
      return isSame(parent.object, outer)
        ? useOfMember(propertyName(parent), parent)
        : OTHER;
    case "TSQualifiedName":
      return useOfMember(parent.right.name, parent);
    case "VariableDeclarator":
      return isSame(parent.init, outer) ? useOfPattern(parent.id) : OTHER;
    case "NewExpression":
      return isSame(parent.callee, outer)
        ? { type: "construct", count: parent.arguments.length }
        : OTHER;
    case "BinaryExpression":
      return useOfOperand(parent, outer);
    case "TSTypeQuery":
      return useOfQuery(parent);
    case "TSTypeReference":
    case "TSInterfaceHeritage":
      return { type: "type" };
    default:
      return OTHER;
  }
}

const OTHER: Use = { type: "other" };

function useOfMember(name: string | undefined, node: Deno.lint.Node): Use {
  if (name === undefined) return OTHER;
  return { type: "members", members: [{ name, use: useOf(node) }] };
}

function useOfPattern(pattern: Deno.lint.Node): Use {
  if (pattern.type !== "ObjectPattern") return OTHER;
  const names = pattern.properties.map(keyOf);
  if (!names.every((name) => name !== undefined)) return OTHER;
  return {
    type: "members",
    members: names.map((name) => ({ name, use: OTHER })),
  };
}

function keyOf(
  property: Deno.lint.ObjectPattern["properties"][number],
): string | undefined {
  if (property.type !== "Property") return undefined;
  const { key, computed } = property;
  return !computed && key.type === "Identifier" ? key.name : literalText(key);
}

function useOfOperand(
  { operator, right }: Deno.lint.BinaryExpression,
  operand: Deno.lint.Node,
): Use {
  const isCompared = operator === "instanceof" && isSame(right, operand);
  return isCompared ? { type: "compare" } : OTHER;
}

// `(typeof globalThis)["name"]` reads a member too.
function useOfQuery(query: Deno.lint.TSTypeQuery): Use {
  const { parent } = query;
  const isIndexed = parent.type === "TSIndexedAccessType" &&
    isSame(parent.objectType, query);
  if (!isIndexed) return { type: "type" };
  return parent.indexType.type === "TSLiteralType"
    ? useOfMember(literalText(parent.indexType.literal), parent)
    : OTHER;
}

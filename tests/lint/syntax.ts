/**
 * Questions about syntax that several rules ask.
 *
 * @module
 */

/** The text of a string literal, or of a template without expressions. */
export function literalText(node?: Deno.lint.Node | null): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") {
    return node.value;
  }
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) {
    return node.quasis[0]?.cooked;
  }
  return undefined;
}

/** Whether an expression is `import.meta.url`, or another property of it. */
export function isImportMeta(node: Deno.lint.Node, property: string): boolean {
  return node.type === "MemberExpression" &&
    node.object.type === "MetaProperty" &&
    propertyName(node) === property;
}

/** The property that `object.name` or `object["name"]` names, when it is fixed. */
export function propertyName(
  node: Deno.lint.MemberExpression,
): string | undefined {
  if (node.computed) return literalText(node.property);
  return node.property.type === "Identifier" ? node.property.name : undefined;
}

/** Whether two nodes are the same; the linter may make two objects for one. */
export function isSame(a?: Deno.lint.Node | null, b?: Deno.lint.Node): boolean {
  return a?.type === b?.type && a?.range[0] === b?.range[0] &&
    a?.range[1] === b?.range[1];
}

/** The expression inside `as`, `satisfies`, `!` and `<T>`, however deep. */
export function withoutTypes(node: Deno.lint.Node): Deno.lint.Node {
  return isTypeWrapper(node) ? withoutTypes(node.expression) : node;
}

/** The outermost expression that only adds types, or `?.`, to this one. */
export function withTypes(node: Deno.lint.Node): Deno.lint.Node {
  const { parent } = node as Deno.lint.Expression;
  const isWrapped = isTypeWrapper(parent) || parent.type === "ChainExpression";
  return isWrapped ? withTypes(parent) : node;
}

type TypeWrapper =
  | Deno.lint.TSAsExpression
  | Deno.lint.TSSatisfiesExpression
  | Deno.lint.TSNonNullExpression
  | Deno.lint.TSTypeAssertion;

function isTypeWrapper(node: Deno.lint.Node): node is TypeWrapper {
  return node.type === "TSAsExpression" ||
    node.type === "TSSatisfiesExpression" ||
    node.type === "TSNonNullExpression" ||
    node.type === "TSTypeAssertion";
}

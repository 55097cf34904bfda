/**
 * `rusm/no-top-level-arrow`: a module's functions are declarations.
 *
 * @module
 */

import { withoutTypes } from "./syntax.ts";

/** Reports a top-level variable, or a default export, that holds a function. */
export const noTopLevelArrow: Deno.lint.Rule = {
  create(context) {
    return {
      Program({ body }) {
        for (const node of body.flatMap(valuesOf).filter(isFunction)) {
          context.report({
            node,
            message: "Cannot keep a top-level function in a value",
            hint: "Declare it: function name() {}",
          });
        }
      },
    };
  },
};

function valuesOf(statement: Deno.lint.Node): Deno.lint.Node[] {
  switch (statement.type) {
    case "VariableDeclaration":
      return statement.declarations.flatMap(({ init }) => init ?? []);
    case "ExportNamedDeclaration":
      return statement.declaration ? valuesOf(statement.declaration) : [];
    case "ExportDefaultDeclaration":
      return [statement.declaration];
    default:
      return [];
  }
}

function isFunction(value: Deno.lint.Node): boolean {
  const { type } = withoutTypes(value);
  return type === "ArrowFunctionExpression" || type === "FunctionExpression";
}

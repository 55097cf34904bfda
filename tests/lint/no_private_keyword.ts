/**
 * `rusm/no-private-keyword`: private state is `#private`.
 *
 * @module
 */

/** Reports the `private` keyword, save on a constructor, which has no other form. */
export const noPrivateKeyword: Deno.lint.Rule = {
  create(context) {
    const report = ({ range }: Deno.lint.Node): void =>
      context.report({
        range,
        message: "Cannot keep a secret with the keyword: private",
        hint: "Use a #private name, which holds at run time too",
      });
    return {
      PropertyDefinition(node) {
        if (node.accessibility === "private") report(node);
      },
      MethodDefinition(node) {
        if (node.kind === "constructor") return;
        if (node.accessibility === "private") report(node);
      },
      // The linter leaves the accessibility of a parameter out.
      TSParameterProperty({ parameter, range }) {
        const [before] = context.sourceCode.text.slice(...range).split(/\W/);
        if (before === "private") report(parameter);
      },
    };
  },
};

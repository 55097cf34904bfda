/**
 * `rusm/no-console`: only the command line prints.
 *
 * @module
 */

import { isTest, memberOf } from "../boundaries/members.ts";
import { freeNames } from "./free_names.ts";
import { sourcePath } from "./source.ts";

/** Reports the global `console` in the members that others build upon. */
export const noConsole: Deno.lint.Rule = {
  create(context) {
    const path = sourcePath(context.filename);
    const member = memberOf(path);
    if (member === undefined || member === "cli" || isTest(path)) return {};
    return {
      Program() {
        for (const node of freeNames(context.sourceCode)) {
          if (node.name !== "console") continue;
          context.report({
            node,
            message: `Cannot print from ${member}: console`,
            hint: "Only cli prints: return the text, log it, or take a writer",
          });
        }
      },
    };
  },
};

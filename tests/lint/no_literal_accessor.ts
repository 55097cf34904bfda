/**
 * `rusm/no-literal-accessor`: objects with accessors are instances of classes.
 *
 * V8 makes a hidden class each time a literal with an accessor is evaluated, for
 * the accessor is a part of it. Hidden classes are old from the start, so what the
 * accessor closes over outlives every young collection, request by request and
 * message by message.
 *
 * @module
 */

import { isTest } from "../boundaries/members.ts";
import { relativePath, ROOT } from "../boundaries/paths.ts";
import { sourceUrl } from "./source.ts";

// Its engine is QuickJS, which has no such cost.
const PRELUDE = "wasm/script/prelude/";

/** Reports accessors in object literals, but for those of tests and of the guests' prelude. */
export const noLiteralAccessor: Deno.lint.Rule = {
  create(context) {
    const path = relativePath(ROOT, sourceUrl(context.filename));
    if (isTest(path) || path.startsWith(PRELUDE)) return {};
    return {
      "ObjectExpression > Property[kind=/^(get|set)$/]"(node) {
        context.report({
          node,
          message: "Cannot keep what an object literal's accessor closes over",
          hint: "Write a class: V8 makes a hidden class for each such literal",
        });
      },
    };
  },
};

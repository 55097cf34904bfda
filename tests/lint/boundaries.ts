/**
 * `rusm/boundaries`: imports across the borders between members, in every form
 * that one file shows. `tests/boundaries/` checks the graph as well.
 *
 * @module
 */

import { isTest, memberOf } from "../boundaries/members.ts";
import { relativePath, ROOT } from "../boundaries/paths.ts";
import {
  judgeImport,
  memberNamed,
  type Target,
  type Violation,
} from "../boundaries/rules.ts";
import { sourceUrl } from "./source.ts";
import { isImportMeta, literalText } from "./syntax.ts";

/** Reports an import that breaks a rule of `tests/boundaries/rules.ts`. */
export const boundaries: Deno.lint.Rule = {
  create(context) {
    const from = sourceUrl(context.filename);
    const report = (node: Deno.lint.Node, violation?: Violation): void => {
      if (violation === undefined) return;
      context.report({ node, message: violation.found, hint: violation.fix });
    };
    const check = (node?: Deno.lint.Node | null): void => {
      const specifier = literalText(node);
      if (!node || specifier === undefined) return;
      report(node, judge(from, specifier, targetOf(from, specifier)));
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      TSExternalModuleReference: ({ expression }) => check(expression),
      TSModuleDeclaration: ({ id }) => check(id),
      TSImportType({ argument }) {
        if (argument.type === "TSLiteralType") check(argument.literal);
      },
      ImportExpression({ source }) {
        check(source);
        if (literalText(source) === undefined) report(source, computed(from));
      },
      CallExpression({ callee, arguments: [specifier] }) {
        if (isImportMeta(callee, "resolve")) check(specifier);
      },
      NewExpression(node) {
        report(node, judgeUrl(from, node));
      },
    };
  },
};

function judge(
  from: URL,
  specifier: string,
  target: Target,
): Violation | undefined {
  return judgeImport({ from: relativePath(ROOT, from), specifier, target });
}

// A linter sees one file and no import map: a bare name is taken for a mapped
// package, and the check of the graph finds out whether it is one.
function targetOf(from: URL, specifier: string): Target {
  const member = memberNamed(specifier);
  if (member !== undefined) return { type: "file", path: `${member}/mod.ts` };
  if (/^\.{0,2}\/|^file:/.test(specifier)) {
    return fileTarget(new URL(specifier, from));
  }
  const protocol = /^([a-z][a-z0-9+.-]*):/.exec(specifier)?.[1];
  if (protocol === "node") return { type: "node" };
  if (protocol === undefined) return { type: "npm", mapped: true };
  if (protocol === "npm") return { type: "npm", mapped: false };
  return { type: "remote" };
}

function fileTarget(url: URL): Target {
  return { type: "file", path: relativePath(ROOT, url) };
}

function computed(from: URL): Violation | undefined {
  const path = relativePath(ROOT, from);
  if (memberOf(path) === undefined || isTest(path)) return undefined;
  return {
    found: "Cannot follow an import whose path is computed",
    fix: "Import a literal, or say beside a lint directive what it leads to",
  };
}

// `new URL("path", import.meta.url)` names a file, and often a Worker's entry.
function judgeUrl(
  from: URL,
  { callee, arguments: [path, base] }: Deno.lint.NewExpression,
): Violation | undefined {
  const isUrl = callee.type === "Identifier" && callee.name === "URL";
  const text = literalText(path);
  if (!isUrl || !base || !isImportMeta(base, "url")) return undefined;
  if (text === undefined || !URL.canParse(text, from)) return undefined;
  const url = new URL(text, from);
  return url.protocol === "file:"
    ? judge(from, text, fileTarget(url))
    : undefined;
}

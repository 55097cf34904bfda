/**
 * Decides which imports the borders between members allow.
 *
 * @module
 */

import { isTest, MAY_IMPORT, type Member, memberOf } from "./members.ts";

/** What an import specifier leads to. */
export type Target =
  /** A file; `path` is relative to the workspace, with `/` between names. */
  | { readonly type: "file"; readonly path: string }
  /** An npm package; `mapped` when the importing file's own member maps it. */
  | { readonly type: "npm"; readonly mapped: boolean }
  /** A module built into Node and Deno. */
  | { readonly type: "node" }
  /** JSR, a URL, or code in a URL. */
  | { readonly type: "remote" }
  /** Nothing that could be found. */
  | { readonly type: "nothing" };

/** One import of one file, in whichever form it is written. */
export interface Import {
  /** The importing file, relative to the workspace, with `/` between names. */
  readonly from: string;
  /** As it stands in the source. */
  readonly specifier: string;
  /** Where the specifier leads. */
  readonly target: Target;
}

/** A broken rule: what was found, and what to do about it. */
export interface Violation {
  /** A sentence that ends with the offending text. */
  readonly found: string;
  /** A sentence that says how to put it right. */
  readonly fix: string;
}

/** Decides whether an import breaks a rule. Files of no member are free, save for remote code. */
export function judgeImport(edge: Import): Violation | undefined {
  if (edge.target.type === "remote") return remote(edge);
  const member = memberOf(edge.from);
  if (member === "otp" && !isTest(edge.from)) return judgeCore(edge);
  if (member !== undefined) return judgeMember(edge, member);
  if (edge.from === "mod.ts") return judgeRoot(edge);
  return undefined;
}

/** The member that a specifier such as `@rusm/otp/sim` names, if it names one. */
export function memberNamed(specifier: string): string | undefined {
  return /^@rusm\/([^/]+)/.exec(specifier)?.[1];
}

function judgeCore(edge: Import): Violation | undefined {
  const { target } = edge;
  const isOwn = target.type === "file" && memberOf(target.path) === "otp";
  if (isOwn) return undefined;
  return {
    found: `Cannot import from outside otp: "${edge.specifier}"`,
    fix: "Let it come in through the Host of otp/host.ts, or as an argument",
  };
}

function judgeMember(edge: Import, member: Member): Violation | undefined {
  switch (edge.target.type) {
    case "file":
      return judgeFile(edge, member, edge.target.path);
    case "npm":
      return edge.target.mapped || isTest(edge.from)
        ? undefined
        : unmapped(edge, member);
    case "nothing":
      return unresolved(edge, member);
    case "node":
    case "remote":
      return undefined;
  }
}

function judgeFile(
  edge: Import,
  member: Member,
  path: string,
): Violation | undefined {
  const owner = memberOf(path);
  if (owner === member) return undefined;
  // A suite in tests/ is called beside each implementation, so a test may
  // reach what belongs to no member.
  if (owner === undefined && isTest(edge.from)) return undefined;
  if (owner === undefined || memberNamed(edge.specifier) !== owner) {
    return crossing(edge, owner);
  }
  return MAY_IMPORT[member].includes(owner)
    ? undefined
    : upward(edge, member, owner);
}

function judgeRoot(edge: Import): Violation | undefined {
  if (edge.target.type !== "file") return undefined;
  const owner = memberOf(edge.target.path);
  if (owner === undefined || memberNamed(edge.specifier) === owner) {
    return undefined;
  }
  return crossing(edge, owner);
}

function remote(edge: Import): Violation {
  return {
    found: `Cannot import from JSR or a URL: "${edge.specifier}"`,
    fix: "Use what is built into Deno, or an npm package",
  };
}

function upward(edge: Import, member: Member, owner: Member): Violation {
  const below = MAY_IMPORT[member].map((name) => `@rusm/${name}`);
  return {
    found: `Cannot import ${owner} from ${member}: "${edge.specifier}"`,
    fix: `Imports go down: ${member} may import ${listed(below)}. ` +
      "Move down what both need, or pass it in",
  };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "no other member" : `only ${names.join(", ")}`;
}

function crossing(edge: Import, owner: Member | undefined): Violation {
  return {
    found: `Cannot cross a member's border by a path: "${edge.specifier}"`,
    fix: owner === undefined
      ? "Keep what a member needs inside its own directory"
      : `Import "@rusm/${owner}", which exports what others may use`,
  };
}

function unmapped(edge: Import, member: Member): Violation {
  return {
    found:
      `Cannot import an npm package that ${member}/deno.json does not map: "${edge.specifier}"`,
    fix: `Map it there to an exact version, and import its bare name`,
  };
}

function unresolved(edge: Import, member: Member): Violation {
  return {
    found: `Cannot find what is imported: "${edge.specifier}"`,
    fix:
      `Map it in ${member}/deno.json, or export it from the member that has it`,
  };
}

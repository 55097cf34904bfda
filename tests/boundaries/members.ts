/**
 * The workspace members, and who may import whom. Imports go down.
 *
 * @module
 */

/** A workspace member: the name of its directory, and what follows `@rusm/`. */
export type Member = "otp" | "wasm" | "cluster" | "serve" | "cli";

/** The other members that a member may import, always by their bare names. */
export const MAY_IMPORT: Readonly<Record<Member, readonly Member[]>> = {
  otp: [],
  wasm: ["otp"],
  cluster: ["otp"],
  serve: ["otp", "wasm", "cluster"],
  cli: ["otp", "wasm", "cluster", "serve"],
};

/** Whether a directory of the workspace is a member with rules of its own. */
export function isMember(directory: string): directory is Member {
  return Object.hasOwn(MAY_IMPORT, directory);
}

/**
 * Finds the member that owns a file.
 *
 * @param path Relative to the workspace, with `/` between names.
 * @returns Nothing for a file of the workspace itself, such as `mod.ts`, for
 * `tests/` and `bench/`, and for a path that leaves the workspace.
 */
export function memberOf(path: string): Member | undefined {
  const [directory = "", ...rest] = path.split("/");
  return rest.length > 0 && isMember(directory) ? directory : undefined;
}

/** Whether a file is only for tests, and therefore never published. */
export function isTest(path: string): boolean {
  return /_test\.[cm]?[jt]sx?$/.test(path);
}

/**
 * Names of interfaces with versions.
 *
 * @module
 */

const FORM = /^([^@]*)@(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?$/;

/**
 * What the names of interfaces have in common that can stand for each other:
 * `wasi:io/poll@0.2` for `wasi:io/poll@0.2.3`, and the same for 0.2.12.
 *
 * Before 1.0 a minor version breaks, before 0.1 any does; a pre-release is
 * only itself.
 *
 * @see Semantic Versioning 2.0, as Cargo reads it.
 */
export function trackOf(name: string): string {
  const [, path, major, minor = "0", patch = "0", suffix = ""] =
    FORM.exec(name) ?? [];
  if (path === undefined || suffix.startsWith("-")) return name;
  if (major !== "0") return `${path}@${major}`;
  return minor === "0" ? `${path}@0.0.${patch}` : `${path}@0.${minor}`;
}

/** `wasi:io/poll` of `wasi:io/poll@0.2.3`. */
export function pathOf(name: string): string {
  return name.split("@", 1)[0]!;
}

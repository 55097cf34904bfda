/**
 * Passing on the permissions of this process.
 *
 * @module
 */

const NAMES = [
  "read",
  "write",
  "net",
  "env",
  "run",
  "sys",
  "ffi",
  "import",
] as const;

/** A kind of permission that Deno knows. */
export type PermissionName = typeof NAMES[number];

/** What is known of a permission: `partial` is granted with exceptions. */
export type Grant = "full" | "partial" | "none";

/** Every permission and how much of it this process has. */
export type Grants = Readonly<Record<PermissionName, Grant>>;

/** What a process needs to start itself again and to recognise that it has. */
const NEEDED: readonly PermissionName[] = ["run", "env", "read"];

/**
 * Asks Deno what was granted. Never prompts.
 *
 * A grant of a list (`--allow-net=localhost`) is not told from none.
 */
export function queryGrants(): Grants {
  return Object.fromEntries(
    NAMES.map((name) => [name, grantOf(Deno.permissions.querySync({ name }))]),
  ) as Record<PermissionName, Grant>;
}

function grantOf({ state, partial }: Deno.PermissionStatus): Grant {
  if (state !== "granted") return "none";
  return partial ? "partial" : "full";
}

/** How to grant as much to another process, or why that cannot be said. */
export type Flags =
  | { readonly type: "flags"; readonly flags: readonly string[] }
  | { readonly type: "unknown"; readonly names: readonly PermissionName[] };

/**
 * Writes `grants` as flags of `deno run`. Pure.
 *
 * The answer is `unknown`, with the names at fault, when it would grant more
 * than there is, or too little to start with.
 */
export function toFlags(grants: Grants): Flags {
  const unknown = NAMES.filter((name) =>
    grants[name] === "partial" ||
    grants[name] === "none" && NEEDED.includes(name)
  );
  if (unknown.length > 0) return { type: "unknown", names: unknown };
  const granted = NAMES.filter((name) => grants[name] === "full");
  return {
    type: "flags",
    // Deno opens some of /proc and /dev to this flag alone.
    flags: granted.length === NAMES.length
      ? ["--allow-all"]
      : granted.map((name) => `--allow-${name}`),
  };
}

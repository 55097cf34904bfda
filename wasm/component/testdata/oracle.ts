/**
 * jco, in a process of its own.
 *
 * @module
 */

const HOME = new URL("../../../tests/jco/", import.meta.url);

/** Where jco is; undefined when it is not installed: `npm ci` in `tests/jco` does that. */
export const ORACLE: URL | undefined = isThere() ? HOME : undefined;

function isThere(): boolean {
  try {
    return Deno.statSync(new URL("node_modules", HOME)).isDirectory;
  } catch {
    // Not installed, and nobody has to.
    return false;
  }
}

/** A component, and what jco makes of it. */
export interface Made {
  /** The component. */
  readonly component: Uint8Array<ArrayBuffer>;
  /** Its glue. */
  readonly glue: string;
  /** Its modules, by what the glue calls them. */
  readonly modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Makes components of modules and the WIT of their worlds, and their glue. */
export async function makeByJco(
  sources: readonly { readonly core: Uint8Array; readonly wit: string }[],
): Promise<Made[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-config", "--node-modules-dir=manual"],
      "oracle.mjs",
    ],
    cwd: HOME,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const asked = sources.map(({ core, wit }) => ({ core: core.toBase64(), wit }));
  const writing = new Blob([JSON.stringify(asked)]).stream().pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  await writing;
  if (!success) throw new Error("Cannot make components by jco");
  const made: Raw[] = JSON.parse(new TextDecoder().decode(stdout));
  return made.map(({ component, glue, modules }) => ({
    component: Uint8Array.fromBase64(component),
    glue: new TextDecoder().decode(Uint8Array.fromBase64(glue)),
    modules: new Map(
      Object.entries(modules).map((
        [name, bytes],
      ) => [name, Uint8Array.fromBase64(bytes)]),
    ),
  }));
}

interface Raw {
  readonly component: string;
  readonly glue: string;
  readonly modules: Readonly<Record<string, string>>;
}

/** Instantiates a component by its glue; gives its exports. */
export async function runGlue(
  { glue, modules }: Made,
  imports: unknown,
): Promise<Record<string, (...values: unknown[]) => unknown>> {
  const url = URL.createObjectURL(
    new Blob([glue], { type: "text/javascript" }),
  );
  try {
    const { instantiate } = await import(url);
    return instantiate(
      (name: string) => new WebAssembly.Module(modules.get(name)!),
      imports,
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

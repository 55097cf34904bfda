/**
 * The glue of jco, as a peer of our linker.
 *
 * @module
 */

import { runChild } from "../child.ts";
import type { Peer, Variant } from "../noun.ts";
import { denoVariant } from "../noun.ts";
import { timeMs } from "../otp/timing.ts";

const HOME = `${import.meta.dirname}/../../tests/jco`;

/** A version of jco: `old` is 1.10.2, whose glue is the fastest there is; `current` is 1.35. */
export type JcoVersion = "old" | "current";

const PACKAGES: Readonly<Record<JcoVersion, string>> = {
  old: "jco",
  current: "jco-transpile",
};

/** Each version, as a peer. */
export const JCO: Readonly<Record<JcoVersion, Peer>> = {
  old: jco("old"),
  current: jco("current"),
};

function jco(version: JcoVersion): Peer {
  const name = PACKAGES[version];
  return {
    name,
    install: "npm ci, in tests/jco",
    async prepare() {
      const home = `${HOME}/node_modules/@bytecodealliance/${name}`;
      try {
        const text = await Deno.readTextFile(`${home}/package.json`);
        return JSON.parse(text).version;
      } catch (thrown) {
        // Not installed is an answer, not a failure.
        if (thrown instanceof Deno.errors.NotFound) return null;
        throw thrown;
      }
    },
  };
}

/** A variant of `denoVariant` that needs jco. */
export function jcoVariant(
  version: JcoVersion,
  file: string,
  id: string,
  name: string,
): Variant {
  return { ...denoVariant(file, id, name), peer: JCO[version] };
}

/** Makes an instance of a component, and gives its exports. */
export type Instantiate = () => Record<string, () => Promise<void>>;

/** Makes glue for `component`, whose export `entry` runs on a fiber. */
export async function glueOf(
  version: JcoVersion,
  component: Uint8Array<ArrayBuffer>,
  entry: string,
): Promise<Instantiate> {
  const made = await makeGlue(version, component, entry);
  const modules = new Map(
    Object.entries(made.modules).map(([name, bytes]) => [
      name,
      new WebAssembly.Module(Uint8Array.fromBase64(bytes)),
    ]),
  );
  const url = `data:text/javascript;base64,${made.glue}`;
  const { instantiate } = await import(url);
  return () => instantiate((name: string) => modules.get(name)!, {});
}

interface MadeGlue {
  readonly glue: string;
  readonly modules: Readonly<Record<string, string>>;
}

async function makeGlue(
  version: JcoVersion,
  component: Uint8Array<ArrayBuffer>,
  entry: string,
): Promise<MadeGlue> {
  const path = await Deno.makeTempFile({ suffix: ".wasm" });
  try {
    await Deno.writeFile(path, component);
    const command = [
      ...[Deno.execPath(), "run", "-A", "--no-config"],
      ...["--node-modules-dir=manual", "glue.mjs", version, path, entry],
    ];
    const options = { cwd: HOME, timeoutMs: 60_000 };
    return JSON.parse(await runChild(command, options));
  } finally {
    await Deno.remove(path);
  }
}

/** Makes `total` instances and runs `entry` of each, `batch` at once. Returns how many milliseconds that took. */
export function glueRun(
  instantiate: Instantiate,
  entry: string,
  { total, batch }: { readonly total: number; readonly batch: number },
): Promise<number> {
  return timeMs(async () => {
    for (let spawned = 0; spawned < total; spawned += batch) {
      await Promise.all(
        Array.from({ length: batch }, () => instantiate()[entry]!()),
      );
    }
  });
}

/**
 * Building what has changed.
 *
 * @module
 */

import { dirname, join } from "node:path";
import config from "../deno.json" with { type: "json" };
import { stat } from "../file.ts";
import { artifactsOf, type Component } from "./component.ts";
import { concurrently } from "./concurrently.ts";
import { Fingerprints } from "./fingerprint.ts";
import { findInputs } from "./graph.ts";
import type { Outcome } from "./outcome.ts";
import {
  type BuildRecord,
  type Built,
  readRecord,
  writeRecord,
} from "./record.ts";

/** What came of building the components of an app. */
export interface Build {
  /** How each ended, in the order in which they were given. */
  readonly outcomes: readonly Outcome[];

  /**
   * The files that each was made of, types included, by its name: absolute paths,
   * those of imports that are not there among them. A component has none when it
   * was not built by Deno's bundler, or Deno could not say.
   */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
}

/** Files above an entry that say how it is bundled. */
const CONFIGS = ["deno.json", "deno.jsonc", "package.json", "deno.lock"];

/** To be changed when a build makes something else of the same files. */
const VERSION = 1;

/**
 * Builds those of `components` that are not what their sources say: whose files,
 * configuration or artifacts have changed since they were built, in content and
 * not in time. They are built at once, as many as there are processors.
 *
 * What was built is remembered in `.rusm/` of the app; that this is damaged is no
 * failure. Builds of the same app at the same time do no harm.
 *
 * @param app Absolute path.
 * @param components As `findComponents` found them, all or some.
 * @param onOutcome Told of each as it ends.
 */
export async function buildChanged(
  app: string,
  components: readonly Component[],
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<Build> {
  const record = await readRecord(app, "build.json") ?? { components: {} };
  const memory = new Memory(record);
  const known = await Promise.all(
    components.map((component) => memory.recall(component)),
  );
  for (const outcome of known) if (outcome !== undefined) onOutcome(outcome);
  const changed = components.filter((_, index) => known[index] === undefined);
  const startMs = Date.now();
  const [built, inputs] = changed.length === 0
    ? [[], new Map<string, readonly string[]>()]
    : await buildAll(app, changed, onOutcome);
  if (changed.length > 0) {
    const next = await memory.extend(built, inputs, startMs);
    await writeRecord(app, "build.json", next);
  }
  const fresh = built.values();
  return {
    outcomes: known.map((outcome) => outcome ?? fresh.next().value!),
    inputs: new Map([...memory.inputsOf(components), ...inputs]),
  };
}

type Inputs = ReadonlyMap<string, readonly string[]>;

async function buildAll(
  app: string,
  components: readonly Component[],
  onOutcome: (outcome: Outcome) => void,
): Promise<[Outcome[], Inputs]> {
  // The bundler and the runner take longer to load than to see that there is
  // nothing to do.
  const { buildComponent } = await import("./outcome.ts");
  await Deno.mkdir(artifactsOf(app), { recursive: true });
  const scripts = components.filter(({ kind }) => kind === "script");
  const [outcomes, inputs] = await Promise.all([
    concurrently(
      components,
      navigator.hardwareConcurrency,
      async (component) => {
        const outcome = await buildComponent(component);
        onOutcome(outcome);
        return outcome;
      },
    ),
    scripts.length === 0 ? undefined : findInputs(app, scripts),
  ]);
  return [outcomes, inputs ?? new Map()];
}

/** What an app's components were built of. */
class Memory {
  readonly #record: BuildRecord;
  readonly #fingerprints = new Fingerprints();

  constructor(record: BuildRecord) {
    this.#record = record;
  }

  /** What came of a build that need not be done again; `undefined` when it must. */
  async recall(component: Component): Promise<Outcome | undefined> {
    const startMs = performance.now();
    const built = this.#record.components[component.name];
    if (built === undefined) return undefined;
    const isCurrent =
      built.made === await this.#made(component, built.inputs) &&
      built.artifacts === await this.#fingerprints.of(filesOf(component));
    if (!isCurrent) return undefined;
    const { bytes, warnings } = built;
    const ms = performance.now() - startMs;
    return { type: "unchanged", component, bytes, ms, warnings };
  }

  inputsOf(components: readonly Component[]): Inputs {
    return new Map(
      components.flatMap(({ name }) => {
        const inputs = this.#record.components[name]?.inputs;
        return inputs === undefined ? [] : [[name, inputs]];
      }),
    );
  }

  /** The record with what has been built since `startMs`, and no failures. */
  async extend(
    outcomes: readonly Outcome[],
    inputs: Inputs,
    startMs: number,
  ): Promise<BuildRecord> {
    // What was read before the build is not what was built.
    const after = new Memory(this.#record);
    const components = { ...this.#record.components };
    for (const outcome of outcomes) {
      const built = await after.#note(outcome, inputs, startMs);
      const { name } = outcome.component;
      if (built === undefined) delete components[name];
      else components[name] = built;
    }
    return { components };
  }

  async #note(
    outcome: Outcome,
    inputs: Inputs,
    startMs: number,
  ): Promise<Built | undefined> {
    if (outcome.type === "failed") return undefined;
    const { component, bytes, warnings } = outcome;
    const made = inputs.get(component.name) ?? ownInputsOf(component);
    // What was written meanwhile may have been read before that.
    if (made === undefined || await isAnyNewer(made, startMs)) return undefined;
    return {
      inputs: made,
      made: await this.#made(component, made),
      artifacts: await this.#fingerprints.of(filesOf(component)),
      ...{ bytes, warnings },
    };
  }

  #made(component: Component, inputs: readonly string[]): Promise<string> {
    const { name, kind, entry } = component;
    const { deno } = Deno.version;
    const words = [`${VERSION}`, config.version, deno, name, kind, entry];
    return this.#fingerprints.of([...inputs, ...configsAbove(entry)], words);
  }
}

// Cargo and Go know better what of theirs has changed.
function ownInputsOf({ kind, entry }: Component): string[] | undefined {
  return kind === "prebuilt" ? [entry] : undefined;
}

function filesOf({ kind, artifact }: Component): string[] {
  return kind === "script" ? [artifact, `${artifact}.map`] : [artifact];
}

/** The files that Deno looks for in the directory of `path` and all above it. */
export function configsAbove(path: string): string[] {
  const directory = dirname(path);
  const own = CONFIGS.map((name) => join(directory, name));
  return directory === dirname(directory)
    ? own
    : [...own, ...configsAbove(directory)];
}

/** Whether any of the files in `paths` was written since `startMs`. */
export async function isAnyNewer(
  paths: readonly string[],
  startMs: number,
): Promise<boolean> {
  const infos = await Promise.all(paths.map(stat));
  return infos.some((info) => (info?.mtime?.getTime() ?? 0) >= startMs);
}

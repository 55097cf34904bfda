/**
 * `[components.<name>]` of the manifest.
 *
 * @module
 */

import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  type Isolation,
  type TemplateKind,
} from "@rusm/wasm";
import { hookOf } from "../auth/hook_name.ts";
import type { Position } from "../errors.ts";
import {
  type Field,
  type Fields,
  flag,
  headerOf,
  oneOf,
  readTable,
  type Report,
  type Shape,
  table,
  text,
} from "./fields.ts";
import { nearest, suggest } from "./nearest.ts";
import { type ArtifactSource, checkDynamic, source } from "./dynamic.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

/** A component that the app has. */
export interface ComponentEntry {
  /** Lower-case letters, digits, `_` and `-`; starts with a letter, or with `auth:` and a letter: a hook. */
  readonly name: string;
  /** What its processes may do. */
  readonly capability: Capability;
  /** On what threads they run. */
  readonly isolation: Isolation;
  /** Whether a process of it is started with the app, and again whenever it ends. */
  readonly isResident: boolean;
  /** The exported function that its processes begin with; the usual one when absent. */
  readonly entry?: string;
  /** Where its code is; in `wasm/` when absent. */
  readonly source?: ArtifactSource;
  /** What the code is that guests bring; absent when it has code of its own. */
  readonly dynamic?: TemplateKind;
  /** Whether nobody declares it: a listener names it as its hook. It is not when absent. */
  readonly isImplied?: boolean;
  /** Where the manifest declares it. */
  readonly at: Position;
}

/** The components of an app, by name. */
export type Components = ReadonlyMap<string, ComponentEntry>;

const COMPONENT = {
  "capability": text,
  "isolation": oneOf<Isolation>(["shared", "dedicated"]),
  "resident": flag,
  "entry": text,
  "source": source,
  "dynamic": oneOf<TemplateKind>(["js", "wasm", "wasi-cli"]),
} satisfies Shape;

/** The profile of a component that names none. */
const SANDBOXED: Capability = defineProfile("sandboxed", {});

/**
 * Reads the components, in file order. One with a problem is there too, so
 * that no second problem is made of it.
 *
 * @param components The table; `undefined` when the manifest has none.
 * @param customs The profiles that the manifest defines.
 * @param hasStore Whether the app has a store.
 */
export function readComponents(
  components: TomlTable | undefined,
  customs: ReadonlyMap<string, Capability>,
  hasStore: boolean,
  report: Report,
): Components {
  const profiles = new Map([...customs, ...BUILT_IN_PROFILES]);
  const entries = new Map<string, ComponentEntry>();
  for (const [name, { keyAt, node }] of components?.entries ?? []) {
    checkName(name, keyAt, report);
    const fields = readFields(node, name, report);
    checkDynamic(fields, headerOf("components", name), hasStore, report);
    if (hookOf(name) !== undefined) checkHook(name, fields, report);
    const capability = findProfile(fields.capability, profiles, report);
    entries.set(name, {
      name,
      capability,
      at: node.at,
      ...settingsOf(name, fields),
    });
  }
  return entries;
}

function checkName(name: string, at: Position, report: Report): void {
  if (/^(auth:)?[a-z][a-z0-9_-]*$/.test(name)) return;
  report(
    at,
    `Cannot name a component ${JSON.stringify(name)}`,
    `use lower-case letters, digits, "_" and "-", a letter first`,
  );
}

// It is asked by its pid, whenever somebody makes a request.
function checkHook(
  name: string,
  { resident, dynamic }: Fields<typeof COMPONENT>,
  report: Report,
): void {
  const label = headerOf("components", name);
  if (resident?.value === false) {
    const hint = "it is always resident: remove the key";
    report(resident.at, `Cannot start the hook ${label} on demand`, hint);
  }
  if (dynamic !== undefined) {
    const hint = 'remove "dynamic"';
    report(dynamic.at, `Cannot make a template of the hook ${label}`, hint);
  }
}

function readFields(
  node: TomlNode,
  name: string,
  report: Report,
): Fields<typeof COMPONENT> {
  const label = headerOf("components", name);
  const component = table(node, label, report);
  if (component === undefined) return {};
  return readTable(component, label, COMPONENT, report);
}

function settingsOf(
  name: string,
  { isolation, resident, entry, source, dynamic }: Fields<typeof COMPONENT>,
): Omit<ComponentEntry, "name" | "capability" | "at"> {
  return {
    isolation: isolation?.value ?? "shared",
    isResident: resident?.value ?? hookOf(name) !== undefined,
    ...entry === undefined ? {} : { entry: entry.value },
    ...source === undefined ? {} : { source: source.value },
    ...dynamic === undefined ? {} : { dynamic: dynamic.value },
  };
}

function findProfile(
  profile: Field<string> | undefined,
  profiles: ReadonlyMap<string, Capability>,
  report: Report,
): Capability {
  if (profile === undefined) return SANDBOXED;
  const capability = profiles.get(profile.value);
  if (capability !== undefined) return capability;
  report(
    profile.at,
    `Unknown capability profile ${JSON.stringify(profile.value)}`,
    suggest(profile.value, [...profiles.keys()], "known profiles"),
  );
  return SANDBOXED;
}

/** Reports `name`, which stands at `at`, unless it is one of `components` that can answer. */
export function checkComponent(
  name: string,
  at: Position,
  components: Components,
  report: Report,
): void {
  if (components.get(name)?.dynamic !== undefined) {
    return report(
      at,
      `Cannot serve the template ${JSON.stringify(name)}`,
      "it has no code of its own, and is only there for spawn-from",
    );
  }
  if (hookOf(name) !== undefined) {
    return report(
      at,
      `Cannot serve the hook ${JSON.stringify(name)}`,
      'it is there to be asked: name it by "authentication"',
    );
  }
  if (components.has(name)) return;
  const word = nearest(name, components.keys());
  report(
    at,
    `Unknown component ${JSON.stringify(name)}`,
    word === undefined
      ? `add ${headerOf("components", name)}`
      : `did you mean "${word}"?`,
  );
}

/**
 * Leaves out the modules that only break a cycle.
 *
 * A module imports functions that work on its own memory, which is there only
 * after it is instantiated. So tools put a *shim* before it, whose functions
 * call what is in a table, and a *fixup* behind it, which fills the table.
 * Where the host gives what is in the table, it can be imported at once: a
 * function of the host can wait for the memory by itself.
 *
 * What is in the table may also be a function of another module, instantiated
 * in between. Such a shim stays, since a function of the host in its place
 * would be a JavaScript frame between two Wasm frames, past which a fiber
 * cannot be suspended.
 *
 * @module
 */

import { isSameSignature } from "./core_module.ts";
import type {
  CanonicalOptions,
  ComponentFunction,
  ComponentPlan,
  CoreExport,
  CoreInstantiation,
  CoreItem,
  PlannedImport,
} from "./plan.ts";
import { type Fixup, readFixup, readShim, type Shim } from "./trampoline.ts";

/** A shim and the fixup that fills its table. */
interface Pair {
  readonly shim: CoreInstantiation;
  readonly fixup: CoreInstantiation;
  /** What the host gives, by the name under which the shim exports it. */
  readonly direct: ReadonlyMap<string, CoreItem>;
}

/** `plan` without shims, where the host can do without them. */
export function skipShims(plan: ComponentPlan): ComponentPlan {
  const pairs = findPairs(plan);
  if (pairs.length === 0) return plan;
  const rewired = rewire(plan, pairs);
  const used = usedInstances(rewired, new Set(pairs.map(({ fixup }) => fixup)));
  const dropped = pairs.filter(({ shim }) => !used.has(shim));
  const skipped = new Set(dropped.flatMap(({ shim, fixup }) => [shim, fixup]));
  const steps = rewired.steps.filter((step) =>
    step.kind === "start" || !skipped.has(step)
  );
  return withModules({ ...rewired, steps });
}

function findPairs({ modules, steps }: ComponentPlan): Pair[] {
  const instances = steps.filter((step) => step.kind === "instantiate");
  if (instances.length < 2) return [];
  const shims = modules.map(readShim);
  const fixups = modules.map(readFixup);
  return instances.flatMap((fixup) => {
    const filled = fixups[fixup.module];
    if (filled === undefined) return [];
    const table = fixup.imports[filled.table]?.item;
    if (table?.kind !== "export") return [];
    const shim = shims[table.instance.module];
    if (shim?.table !== table.name) return [];
    if (tableUses(instances, table) !== 1) return [];
    const direct = directItems(shim, filled, fixup);
    return [{ shim: table.instance, fixup, direct }];
  });
}

function tableUses(
  instances: readonly CoreInstantiation[],
  { instance, name }: CoreExport,
): number {
  const items = instances.flatMap(({ imports }) => imports);
  return items.filter(({ item }) =>
    item.kind === "export" && item.instance === instance && item.name === name
  ).length;
}

function directItems(
  { slots }: Shim,
  { first, functions }: Fixup,
  { imports }: CoreInstantiation,
): ReadonlyMap<string, CoreItem> {
  const direct = new Map<string, CoreItem>();
  for (const [name, { index, signature }] of slots) {
    const item = imports[functions[index - first] ?? -1]?.item;
    if (item === undefined || item.kind === "export") continue;
    // A call of what has another type is a trap, which must stay one.
    if (isSameSignature(item.signature, signature)) direct.set(name, item);
  }
  return direct;
}

/** Lets modules import what the host gives by itself, and not by way of a shim. */
function rewire(plan: ComponentPlan, pairs: readonly Pair[]): ComponentPlan {
  const direct = new Map(pairs.map(({ shim, direct }) => [shim, direct]));
  for (const step of plan.steps) {
    if (step.kind !== "instantiate") continue;
    // In place: the items of a plan name instances by identity.
    const instance: MutableInstantiation = step;
    instance.imports = step.imports.map((planned): PlannedImport => {
      const { item } = planned;
      if (item.kind !== "export") return planned;
      const given = direct.get(item.instance)?.get(item.name);
      return given === undefined ? planned : { ...planned, item: given };
    });
  }
  return plan;
}

/** An instantiation of a plan that is being made. */
interface MutableInstantiation {
  module: number;
  imports: readonly PlannedImport[];
}

/** The instances of which something is used, by others than `except`. */
function usedInstances(
  { steps, resources, exports }: ComponentPlan,
  except: ReadonlySet<CoreInstantiation>,
): ReadonlySet<CoreInstantiation> {
  const used = new Uses();
  for (const step of steps) {
    if (step.kind === "start") used.addFunction(step.function);
    else if (!except.has(step)) {
      for (const { item } of step.imports) used.addItem(item);
    }
  }
  for (const { destructor } of resources) used.addItem(destructor);
  for (const one of exports) {
    if (one.kind === "function") used.addFunction(one.function);
    else if (one.kind === "interface") {
      for (const member of one.functions.values()) used.addFunction(member);
    }
  }
  return used.instances;
}

/** Follows functions to the instances they are of. Functions wrap others to a bounded depth. */
class Uses {
  /** What is found. */
  readonly instances = new Set<CoreInstantiation>();
  readonly #seen = new Set<CoreItem | ComponentFunction>();

  addItem(item: CoreItem | undefined): void {
    if (item === undefined || this.#seen.has(item)) return;
    this.#seen.add(item);
    if (item.kind === "export") this.instances.add(item.instance);
    else if (item.kind === "lower") {
      this.addFunction(item.function);
      this.#addOptions(item.options);
    }
  }

  addFunction(callee: ComponentFunction): void {
    if (callee.kind === "import" || this.#seen.has(callee)) return;
    this.#seen.add(callee);
    this.addItem(callee.core);
    this.#addOptions(callee.options);
  }

  #addOptions({ memory, realloc, postReturn }: CanonicalOptions): void {
    this.addItem(memory);
    this.addItem(realloc);
    this.addItem(postReturn);
  }
}

/** `plan` with the modules that it still instantiates. */
function withModules(plan: ComponentPlan): ComponentPlan {
  const instances = plan.steps.filter((step) => step.kind === "instantiate");
  const kept = new Set(instances.map(({ module }) => module));
  const modules = [...kept].sort((one, other) => one - other);
  const moved = new Map(modules.map((index, at) => [index, at]));
  for (const instance of instances) {
    const mutable: MutableInstantiation = instance;
    mutable.module = moved.get(instance.module)!;
  }
  return { ...plan, modules: modules.map((index) => plan.modules[index]!) };
}

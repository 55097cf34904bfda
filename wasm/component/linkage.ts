/**
 * What all instances of a component are linked by, looked up once per thread.
 *
 * @module
 */

import type { CoreModule } from "../core/module.ts";
import type { MemoryImport } from "../instrument/imports.ts";
import type { HostFunction, HostResource } from "./host.ts";
import { ROOT } from "./imports.ts";
import { LinkedFunctions } from "./linked_functions.ts";
import { LinkedStep, toldImports } from "./linked_step.ts";
import { Numbering } from "./numbering.ts";
import type {
  ComponentFunction,
  ComponentPlan,
  CoreInstantiation,
  DefinedResource,
  ImportedFunction,
} from "./plan.ts";
import type { PreparedComponent } from "./prepare.ts";
import type { HostRegistry } from "./registry.ts";
import type { ResourceType } from "./value_type.ts";
import { pathOf, trackOf } from "./version.ts";

/** One thing that is done to make an instance. */
export type LinkAction =
  | { readonly kind: "instantiate"; readonly step: CoreInstantiation }
  /** Calls what was the start function of a module. */
  | { readonly kind: "run"; readonly step: CoreInstantiation }
  | { readonly kind: "start"; readonly function: ComponentFunction };

/** A function of the host that is imported. */
export interface LinkedFunction {
  /** The function. */
  readonly call: HostFunction;
  /** Whether it may return a promise. */
  readonly isSuspending: boolean;
  /** Whether small lists of bytes that it is given may share a buffer. */
  readonly sharesBytes: boolean;
}

/** What is called by the entry `run`, in the order in which it is looked for. */
const COMMAND = "wasi:cli/run@0.2#run";

/** A component, as all its instances of one thread share it. */
export class ComponentLinkage {
  /** What is done before any code runs. */
  readonly first: readonly LinkAction[];
  /** What is done then, by each process. */
  readonly later: readonly LinkAction[];
  /** How many core instances an instance has. */
  readonly instancesCount: number;
  /** The memories of its instances, in the order in which they are made. */
  readonly ownMemories: readonly MemoryImport[];
  /** How many imports its modules have, all of them. */
  readonly importsCount: number;
  /** Whether an instance in which code has run can be put back. */
  readonly isRestorable: boolean;
  /** Whether code of a module may write a table of any. */
  readonly writesTables: boolean;
  /** Whether code of a module may grow a memory of any. */
  readonly growsMemories: boolean;
  /** What it defines itself. */
  readonly defined: ReadonlyMap<ResourceType, DefinedResource>;
  /** What its functions know instances by. */
  readonly numbering: Numbering = new Numbering();
  /** Its functions. */
  readonly functions: LinkedFunctions = new LinkedFunctions(this);
  readonly #implemented = new Map<number, ReadonlySet<ResourceType>>();
  readonly #steps: ReadonlyMap<CoreInstantiation, LinkedStep>;
  readonly #functions = new Map<ImportedFunction, LinkedFunction>();
  readonly #resources = new Map<ResourceType, HostResource>();
  readonly #entries: ReadonlyMap<string, ComponentFunction>;
  readonly #registry: HostRegistry;

  /** @param registry That which the component was checked against. */
  constructor(
    { plan, modules, resources }: PreparedComponent,
    registry: HostRegistry,
  ) {
    this.#registry = registry;
    const actions = actionsOf(plan, modules);
    const { first, later } = split(actions);
    this.first = first;
    this.later = later;
    this.importsCount = plan.steps.reduce(
      (sum, step) =>
        step.kind === "instantiate" ? sum + step.imports.length : sum,
      0,
    );
    this.#steps = this.#link(plan, modules);
    this.instancesCount = this.#steps.size;
    const used = [...this.#steps.values()].map(({ module }) => module);
    this.ownMemories = used.flatMap((module) =>
      module.memories.filter(({ isOwn }) => isOwn)
    );
    this.writesTables = used.some(({ writesTables }) => writesTables);
    this.growsMemories = used.some(({ growsMemories }) => growsMemories);
    this.isRestorable = later.every(({ kind }) => kind !== "instantiate") &&
      used.every(({ isRestorable }) => isRestorable) &&
      (!this.writesTables || used.every(areTablesPlain));
    this.defined = new Map(plan.resources.map((each) => [each.resource, each]));
    for (const [resource, home] of resources) {
      const { resources: given } = registry.find(home.interface)!;
      this.#resources.set(resource, given![home.name]!);
    }
    this.#entries = entriesOf(plan);
  }

  #link(
    { steps }: Pick<ComponentPlan, "steps">,
    modules: readonly CoreModule[],
  ): ReadonlyMap<CoreInstantiation, LinkedStep> {
    const { functions } = this;
    const instantiations = steps.filter((step) => step.kind === "instantiate");
    return new Map(instantiations.map((step, index) => {
      const module = modules[step.module]!;
      const told = toldImports(steps, step.module);
      const parts = { step, index, module, told, functions };
      return [step, new LinkedStep(parts)];
    }));
  }

  /** How `step` is done. */
  stepOf(step: CoreInstantiation): LinkedStep {
    return this.#steps.get(step)!;
  }

  /** The types of resources that a component instance defines. */
  implementedBy(componentInstance: number): ReadonlySet<ResourceType> {
    let implemented = this.#implemented.get(componentInstance);
    if (implemented === undefined) {
      const own = [...this.defined.values()].filter((each) =>
        each.componentInstance === componentInstance
      );
      implemented = new Set(own.map(({ resource }) => resource));
      this.#implemented.set(componentInstance, implemented);
    }
    return implemented;
  }

  /** What the host gives for `imported`. */
  hostFunction(imported: ImportedFunction): LinkedFunction {
    let linked = this.#functions.get(imported);
    if (linked === undefined) {
      linked = this.#find(imported);
      this.#functions.set(imported, linked);
    }
    return linked;
  }

  #find({ name, member }: ImportedFunction): LinkedFunction {
    const { functions = {}, suspending = {}, sharing } = this.#registry.find(
      member === undefined ? ROOT : name,
    )!;
    const field = member ?? name;
    const isSuspending = Object.hasOwn(suspending, field);
    const call = (isSuspending ? suspending : functions)[field]!;
    return { call, isSuspending, sharesBytes: sharing?.has(field) ?? false };
  }

  /** What the host gives for resources that it defines. */
  hostResource(resource: ResourceType): HostResource | undefined {
    return this.#resources.get(resource);
  }

  /**
   * The exported function that `entry` stands for: its name; that of its
   * interface, of a compatible version or none, `#` and its name; or `run` for
   * that of a command.
   */
  entryOf(entry: string): ComponentFunction | undefined {
    return this.#entries.get(entry) ?? this.#entries.get(trackedEntry(entry)) ??
      (entry === "run" ? this.#entries.get(COMMAND) : undefined);
  }
}

// JavaScript can hold these, and put them back.
function areTablesPlain({ tables }: CoreModule): boolean {
  return tables.every(({ type }) => type !== "ref");
}

function actionsOf(
  { steps }: Pick<ComponentPlan, "steps">,
  modules: readonly CoreModule[],
): LinkAction[] {
  return steps.flatMap((step): LinkAction[] => {
    if (step.kind === "start") return [step];
    const { startExport } = modules[step.module]!;
    const instantiate = { kind: "instantiate", step } as const;
    return startExport === undefined
      ? [instantiate]
      : [instantiate, { kind: "run", step }];
  });
}

// An instantiation can write to what code has run on before: then it stays
// behind that code, and a process cannot begin where another did.
function split(
  actions: readonly LinkAction[],
): { first: readonly LinkAction[]; later: readonly LinkAction[] } {
  const begin = actions.findIndex(({ kind }) => kind !== "instantiate");
  if (begin === -1) return { first: actions, later: [] };
  return { first: actions.slice(0, begin), later: actions.slice(begin) };
}

function entriesOf(
  { exports }: Pick<ComponentPlan, "exports">,
): ReadonlyMap<string, ComponentFunction> {
  const entries = new Map<string, ComponentFunction>();
  for (const one of exports) {
    if (one.kind === "function") entries.set(one.name, one.function);
    if (one.kind !== "interface") continue;
    for (const [name, member] of one.functions) {
      entries.set(`${one.name}#${name}`, member);
      entries.set(`${trackOf(one.name)}#${name}`, member);
      entries.set(`${pathOf(one.name)}#${name}`, member);
    }
  }
  return entries;
}

function trackedEntry(entry: string): string {
  const at = entry.lastIndexOf("#");
  return at === -1 ? entry : `${trackOf(entry.slice(0, at))}${entry.slice(at)}`;
}

/**
 * How a core module of a component is instantiated.
 *
 * What the host gives to it serves all instances, and is looked up once per
 * thread: those functions are told who calls. What another module exports is an
 * instance's own, and has the type that it has.
 *
 * @module
 */

import type { CoreModule } from "../core/module.ts";
import {
  EPOCH_FIELD,
  OVERRUN_FIELD,
  RESERVED_MODULE,
} from "../instrument/reserved.ts";
import type { LinkedFunctions } from "./linked_functions.ts";
import { overrunImport } from "./overrun.ts";
import type {
  CoreInstantiation,
  CoreItem,
  PlannedImport,
  PlanStep,
} from "./plan.ts";

/**
 * Whether each function that `module` imports is told who calls, in order.
 *
 * A module may be instantiated more than once, with the host's function one time
 * and that of another module the other: then it is not told.
 *
 * @param module Index in the plan.
 */
export function toldImports(
  steps: readonly PlanStep[],
  module: number,
): readonly boolean[] {
  const told = steps
    .filter((step): step is CoreInstantiation =>
      step.kind === "instantiate" && step.module === module
    )
    .map(({ imports }) => imports.filter(isFunction).map(isOfHost));
  const [first = [], ...others] = told;
  return first.map((isTold, nth) => isTold && others.every((it) => it[nth]!));
}

function isFunction({ item }: PlannedImport): boolean {
  return item.kind !== "export" || item.sort === "func";
}

function isOfHost({ item }: PlannedImport): boolean {
  return item.kind !== "export";
}

/** What a {@linkcode LinkedStep} is made from. */
export interface StepParts {
  /** What is done. */
  readonly step: CoreInstantiation;
  /** How many instantiations are before it. */
  readonly index: number;
  /** What is instantiated. */
  readonly module: CoreModule;
  /** See {@linkcode toldImports}. */
  readonly told: readonly boolean[];
  /** The functions of the component. */
  readonly functions: LinkedFunctions;
}

/** What an instance has of its own. */
export interface OwnImports {
  /** The memory of the ticker. */
  readonly epoch: WebAssembly.Memory;
  /** That of the new instance; undefined when its module defines none. */
  readonly memory: WebAssembly.Memory | undefined;
  /** What another module exports, or the host gives to this instance alone. */
  valueOf(item: CoreItem): WebAssembly.ImportValue;
}

/** How one core module is instantiated, in all instances of a component. */
export class LinkedStep {
  /** How many are before it. */
  readonly index: number;
  /** What it is an instance of. */
  readonly module: CoreModule;
  // The field of the memory that the module defines, if it does.
  readonly #memoryField: string | undefined;
  readonly #functions: LinkedFunctions;
  readonly #shared: readonly PlannedImport[];
  readonly #own: readonly PlannedImport[];
  #imports: Record<string, WebAssembly.ModuleImports> | undefined;

  /** Looks up nothing yet. */
  constructor({ step, index, module, told, functions }: StepParts) {
    this.index = index;
    this.module = module;
    this.#memoryField = module.memories.find(({ isOwn }) => isOwn)?.field;
    this.#functions = functions;
    const isTold = new Map(
      step.imports.filter(isFunction).map((each, nth) => [each, told[nth]!]),
    );
    const isShared = (each: PlannedImport) =>
      isOfHost(each) && isTold.get(each)!;
    this.#shared = step.imports.filter(isShared);
    this.#own = step.imports.filter((each) => !isShared(each));
  }

  /**
   * Makes an instance, to which nobody has said yet who it is.
   *
   * @throws {CanonicalTrap} Another module that it needs is not there yet.
   * @throws {WebAssembly.LinkError} A reference does not fit, see `core_fit.ts`.
   * @throws {WebAssembly.RuntimeError} Its segments do not fit.
   */
  instantiate({ epoch, memory, valueOf }: OwnImports): WebAssembly.Exports {
    const imports = this.#imports ??= this.#share(epoch);
    const reserved = imports[RESERVED_MODULE]!;
    if (this.#memoryField !== undefined) reserved[this.#memoryField] = memory!;
    try {
      for (const { module, name, item } of this.#own) {
        imports[module]![name] = valueOf(item);
      }
      return new WebAssembly.Instance(this.module.module, imports).exports;
    } finally {
      // What is an instance's own is not kept: memories that nobody uses are
      // counted when they are collected.
      for (const { module, name } of this.#own) delete imports[module]![name];
      if (this.#memoryField !== undefined) delete reserved[this.#memoryField];
    }
  }

  // Names are the guest's: `__proto__` is one like any other.
  #share(
    epoch: WebAssembly.Memory,
  ): Record<string, WebAssembly.ModuleImports> {
    const imports = Object.create(null);
    for (const { module } of [...this.#shared, ...this.#own]) {
      imports[module] ??= Object.create(null);
    }
    for (const { module, name, item } of this.#shared) {
      if (item.kind === "export") continue;
      imports[module][name] = this.#functions.told(item).value;
    }
    imports[RESERVED_MODULE] = {
      [EPOCH_FIELD]: epoch,
      [OVERRUN_FIELD]: overrunImport(),
    };
    return imports;
  }
}

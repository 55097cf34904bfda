/**
 * What is shared while a component is resolved: what it adds up to, and what it
 * has cost.
 *
 * @module
 */

import { type CoreInterface, readCoreInterface } from "./core_module.ts";
import { InvalidComponent, type Place } from "./errors.ts";
import { CORE_INSTANCES_MAX, STEPS_MAX } from "./limits.ts";
import type {
  CanonicalOptions,
  CoreInstantiation,
  DefinedResource,
  PlanStep,
} from "./plan.ts";
import type { ModuleEntity } from "./scope.ts";
import type { ResourceType, ValueType } from "./value_type.ts";

/** How large a type is as a tree. */
export interface TypeSize {
  /** Parts, itself included. */
  readonly parts: number;
  /** Types that lie in each other, itself included. */
  readonly depth: number;
}

/** What one component adds up to. Invariant: 0 ≤ steps ≤ STEPS_MAX. */
export class Session {
  /** Whether only types are looked at. */
  readonly isTypesOnly: boolean;
  /** What is done, in order. */
  readonly steps: PlanStep[] = [];
  /** The distinct core modules. */
  readonly modules: Uint8Array[] = [];
  /** Resources that are defined. */
  readonly resources = new Map<ResourceType, DefinedResource>();
  /** Sizes of types that have parts. */
  readonly sizes = new WeakMap<ValueType, TypeSize>();
  /** Stand-ins for streams, futures and error contexts, by their text. */
  readonly asyncTypes = new Map<string, ValueType>();
  /** How many functions lie in each other where these options are used. */
  readonly depths = new WeakMap<CanonicalOptions, number>();
  readonly #moduleEntities = new Map<Uint8Array, ModuleEntity>();
  #componentInstances = 0;
  #instantiations = 0;
  #steps = 0;

  /** Starts empty. */
  constructor(isTypesOnly: boolean) {
    this.isTypesOnly = isTypesOnly;
  }

  /** Component instances so far. */
  get componentInstances(): number {
    return this.#componentInstances;
  }

  /** The index of a new component instance. */
  addComponentInstance(): number {
    return this.#componentInstances++;
  }

  /** Pays for `steps`, of which there is an end. */
  charge(steps: number, place: Place): void {
    this.#steps += steps;
    if (this.#steps <= STEPS_MAX) return;
    throw new InvalidComponent(
      `Cannot resolve a component in ${STEPS_MAX} steps`,
      place,
    );
  }

  /** A core module, which is one however often it is defined by the same bytes. */
  module(bytes: Uint8Array, place: Place): ModuleEntity {
    const known = this.#moduleEntities.get(bytes);
    if (known !== undefined) return known;
    const entity = {
      index: this.modules.push(bytes) - 1,
      interface: this.#interface(bytes, place),
    };
    this.#moduleEntities.set(bytes, entity);
    return entity;
  }

  #interface(bytes: Uint8Array, place: Place): CoreInterface {
    if (!this.isTypesOnly) return readCoreInterface(bytes, place);
    return { imports: [], exports: new Map() };
  }

  /** Adds a core instantiation. */
  instantiate(instantiation: CoreInstantiation, place: Place): void {
    this.steps.push(instantiation);
    if (++this.#instantiations <= CORE_INSTANCES_MAX) return;
    throw new InvalidComponent(
      `Cannot instantiate more than ${CORE_INSTANCES_MAX} core modules`,
      place,
    );
  }
}

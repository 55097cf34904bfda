/**
 * The index spaces of a component while it is resolved.
 *
 * @module
 */

import type { CoreExtern, CoreInterface } from "./core_module.ts";
import { InvalidComponent, type Place } from "./errors.ts";
import type { ComponentFunction, CoreItem } from "./plan.ts";
import type {
  ComponentSyntax,
  CoreKind,
  Definition,
  Sort,
  SortIndex,
} from "./syntax.ts";
import type { FunctionType, ResourceType, ValueType } from "./value_type.ts";

/** What an index of each sort stands for. */
export interface Entities extends Record<`core ${CoreKind}`, CoreEntity> {
  /** Core types are only counted. */
  "core type": undefined;
  /** A core module. */
  "core module": ModuleEntity;
  /** A core instance: its exports. */
  "core instance": ReadonlyMap<string, CoreEntity>;
  /** A function. */
  "func": ComponentFunction;
  /** A type. */
  "type": TypeEntity;
  /** A component. */
  "component": ComponentEntity;
  /** An instance: its exports. */
  "instance": Instance;
}

/** What an index of some sort stands for. */
export type Entity = {
  [S in Sort]: { readonly sort: S; readonly value: Entities[S] };
}[Sort];

/** The exports of an instance, in order. */
export type Instance = ReadonlyMap<string, Entity>;

/** Something core, and its type. */
export interface CoreEntity {
  /** What it is. */
  readonly item: CoreItem;
  /** Its type. */
  readonly type: CoreExtern;
}

/** A core module. */
export interface ModuleEntity {
  /** Index in the plan. */
  readonly index: number;
  /** What it imports and exports. */
  readonly interface: CoreInterface;
}

/** A component, with what it sees around it. */
export interface ComponentEntity {
  /** What it says. */
  readonly syntax: ComponentSyntax;
  /** What its outer aliases mean. */
  readonly outside: Outside | undefined;
}

/** A type. */
export type TypeEntity =
  | { readonly kind: "value"; readonly type: ValueType }
  | { readonly kind: "function"; readonly type: FunctionType }
  | { readonly kind: "resource"; readonly resource: ResourceType }
  | {
    readonly kind: "component" | "instance";
    readonly declarations: readonly Definition[];
    readonly outside: Outside;
  };

/** A scope as it was at some time: what is added later cannot be seen. */
export interface Outside {
  /** The scope. */
  readonly scope: Scope;
  /** How much of each index space can be seen. */
  readonly counts: ReadonlyMap<Sort, number>;
}

// What outer aliases may be of.
const OUTER_SORTS: readonly Sort[] = [
  "type",
  "core type",
  "core module",
  "component",
];

/** The index spaces of one component instance, or of one type of an instance. */
export class Scope {
  /** What is around it; undefined for the outermost. */
  readonly outside: Outside | undefined;
  /** Which component instance it is; undefined for a type. */
  readonly componentInstance: number | undefined;
  readonly #spaces: { readonly [S in Sort]: Entities[S][] } = {
    "core func": [],
    "core table": [],
    "core memory": [],
    "core global": [],
    "core tag": [],
    "core type": [],
    "core module": [],
    "core instance": [],
    "func": [],
    "type": [],
    "component": [],
    "instance": [],
  };

  /** Starts with empty index spaces. */
  constructor(
    outside: Outside | undefined,
    componentInstance: number | undefined,
  ) {
    this.outside = outside;
    this.componentInstance = componentInstance;
  }

  /** What `index` of `sort` stands for. */
  get<S extends Sort>(sort: S, index: number, place: Place): Entities[S] {
    const space = this.#spaces[sort];
    if (index < space.length) return space[index]!;
    throw new InvalidComponent(
      `Cannot find index ${index} of sort ${sort}: there are ${space.length}`,
      place,
    );
  }

  /** As {@linkcode get}, with the sort. */
  entity({ sort, index }: SortIndex, place: Place): Entity {
    // The compiler cannot see that both are of the one sort.
    return { sort, value: this.get(sort, index, place) } as Entity;
  }

  /** Adds to the index space of the entity's sort. */
  add({ sort, value }: Entity): void {
    (this.#spaces[sort] as Entities[Sort][]).push(value);
  }

  /** This scope as it is now. */
  snapshot(): Outside {
    const counts = OUTER_SORTS.map((sort): [Sort, number] => [
      sort,
      this.#spaces[sort].length,
    ]);
    return { scope: this, counts: new Map(counts) };
  }

  /** What `item` is in the scope that is `count` further out; 0 is this one. */
  outer(item: SortIndex, count: number, place: Place): Entity {
    let outside = this.snapshot();
    for (let nth = 0; nth < count; nth++) {
      const next = outside.scope.outside;
      if (next === undefined) {
        throw new InvalidComponent(
          `Cannot alias from ${count} components further out: there are ${nth}`,
          place,
        );
      }
      outside = next;
    }
    const visible = outside.counts.get(item.sort) ?? 0;
    if (item.index < visible) return outside.scope.entity(item, place);
    throw new InvalidComponent(
      `Cannot find index ${item.index} of outer sort ${item.sort}: there are ${visible}`,
      place,
    );
  }
}

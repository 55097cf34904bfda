/**
 * What a linker does to run a component.
 *
 * A plan is plain data, and what is the same is the same object: it can be
 * cloned to a Worker. It may have cycles, since a host function that is
 * imported by a module may work on the memory which that module defines.
 *
 * @module
 */

import type { CoreKind, StringEncoding } from "./syntax.ts";
import type { CoreSignature } from "./core_module.ts";
import type { FunctionType, ResourceType, ValueType } from "./value_type.ts";

/** What a linker does, in this order: imports, instantiations, steps, exports. */
export interface ComponentPlan {
  /** What the host gives, in the order of the component. */
  readonly imports: readonly ComponentImport[];
  /** The distinct core modules: views of the component. */
  readonly modules: readonly Uint8Array[];
  /** What is instantiated and called, in order. */
  readonly steps: readonly PlanStep[];
  /** The types of resources that the component itself defines. */
  readonly resources: readonly DefinedResource[];
  /** What the component offers, in its order. */
  readonly exports: readonly ComponentExport[];
  /**
   * How many component instances there are, the outer one first. Each has its
   * own tables of handles; lifted, lowered and resource functions name theirs.
   */
  readonly componentInstances: number;
}

/** One thing to do. */
export type PlanStep =
  | CoreInstantiation
  | {
    /** The tag. */
    readonly kind: "start";
    /** What is called, without parameters or result. */
    readonly function: ComponentFunction;
  };

/** A core module to instantiate. */
export interface CoreInstantiation {
  /** The tag. */
  readonly kind: "instantiate";
  /** Index in {@linkcode ComponentPlan.modules}. */
  readonly module: number;
  /** What it imports, all of it, in the order of the module. */
  readonly imports: readonly PlannedImport[];
}

/** What an import of a core module is satisfied by. */
export interface PlannedImport {
  /** The module part of its name. */
  readonly module: string;
  /** The rest of its name. */
  readonly name: string;
  /** What is given. */
  readonly item: CoreItem;
}

/** Something core. */
export type CoreItem = CoreFunction | CoreExport;

/** A core function. */
export type CoreFunction = CoreExport | LoweredFunction | ResourceFunction;

/** An export of a core instance. */
export interface CoreExport {
  /** The tag. */
  readonly kind: "export";
  /** What it is. */
  readonly sort: CoreKind;
  /** Whose it is. */
  readonly instance: CoreInstantiation;
  /** Its name. */
  readonly name: string;
}

/** A function of a component, made a core function. */
export interface LoweredFunction {
  /** The tag. */
  readonly kind: "lower";
  /** What is called. */
  readonly function: ComponentFunction;
  /** How. */
  readonly options: CanonicalOptions;
  /** Its core type. */
  readonly signature: CoreSignature;
  /** Which component instance calls: below {@linkcode ComponentPlan.componentInstances}. */
  readonly componentInstance: number;
}

/** A function on handles. */
export interface ResourceFunction {
  /** `new` and `rep` are of resources that the component instance itself defines. */
  readonly kind: "resource.new" | "resource.drop" | "resource.rep";
  /** Of which resources. */
  readonly resource: ResourceType;
  /** Its core type. */
  readonly signature: CoreSignature;
  /** Whose table of handles: below {@linkcode ComponentPlan.componentInstances}. */
  readonly componentInstance: number;
}

/** How values cross. */
export interface CanonicalOptions {
  /** How strings lie in memory. */
  readonly encoding: StringEncoding;
  /**
   * The memory; undefined only if nothing goes through memory. Its instance may
   * be one that imports the function: a call before it is there is a trap.
   */
  readonly memory: CoreExport | undefined;
  /** `(i32, i32, i32, i32) -> (i32)`; undefined only if nothing is allocated. */
  readonly realloc: CoreFunction | undefined;
  /** Takes the core results; undefined if the component needs none. */
  readonly postReturn: CoreFunction | undefined;
}

/** A function between components. */
export type ComponentFunction = ImportedFunction | LiftedFunction;

/** A function that the host gives. */
export interface ImportedFunction {
  /** The tag. */
  readonly kind: "import";
  /** Name of the import. */
  readonly name: string;
  /** Name in the interface; undefined if the import is a function itself. */
  readonly member: string | undefined;
  /** Its type. */
  readonly type: FunctionType;
}

/** A core function, made a function of a component. */
export interface LiftedFunction {
  /** The tag. */
  readonly kind: "lift";
  /** The core function. */
  readonly core: CoreFunction;
  /** Its type. */
  readonly type: FunctionType;
  /** How values cross. */
  readonly options: CanonicalOptions;
  /** Which component instance is called: below {@linkcode ComponentPlan.componentInstances}. */
  readonly componentInstance: number;
}

/** What the host gives to a component. */
export type ComponentImport =
  | {
    readonly kind: "function";
    readonly name: string;
    readonly type: FunctionType;
  }
  | InterfaceImport
  | {
    readonly kind: "resource";
    readonly name: string;
    readonly resource: ResourceType;
  }
  /** Only a name for a type: nothing is given. */
  | { readonly kind: "type"; readonly name: string; readonly type: ValueType };

/** An interface that the host gives. All maps are by name, in the component's order. */
export interface InterfaceImport {
  /** The tag. */
  readonly kind: "interface";
  /** Name of the import, such as `wasi:io/streams@0.2.3`. */
  readonly name: string;
  /** Its functions. */
  readonly functions: ReadonlyMap<string, FunctionType>;
  /** Its resources; one that it uses from another interface is the same object there. */
  readonly resources: ReadonlyMap<string, ResourceType>;
  /** Its other types. */
  readonly types: ReadonlyMap<string, ValueType>;
}

/** A type of resources that the component defines. */
export interface DefinedResource {
  /** The type. */
  readonly resource: ResourceType;
  /** `(i32) -> ()`; undefined if there is nothing to do. */
  readonly destructor: CoreFunction | undefined;
  /** Which component instance defines it. */
  readonly componentInstance: number;
}

/** What a component offers. */
export type ComponentExport =
  | {
    readonly kind: "function";
    readonly name: string;
    readonly function: ComponentFunction;
  }
  | InterfaceExport
  | {
    readonly kind: "resource";
    readonly name: string;
    readonly resource: ResourceType;
  }
  | { readonly kind: "type"; readonly name: string; readonly type: ValueType };

/** An interface that a component offers. All maps are by name, in the component's order. */
export interface InterfaceExport {
  /** The tag. */
  readonly kind: "interface";
  /** Name of the export, such as `wasi:http/incoming-handler@0.2.3`. */
  readonly name: string;
  /** Its functions. */
  readonly functions: ReadonlyMap<string, ComponentFunction>;
  /** Its resources. */
  readonly resources: ReadonlyMap<string, ResourceType>;
  /** Its other types. */
  readonly types: ReadonlyMap<string, ValueType>;
}

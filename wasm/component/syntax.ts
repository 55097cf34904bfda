/**
 * What the binary of a component says, with indices as they stand in it.
 *
 * @see Component Model, "Component Model Binary Format Explainer".
 *
 * @module
 */

import type { Place } from "./errors.ts";
import type { PrimitiveType } from "./value_type.ts";

/** What core modules import and export. */
export type CoreKind = "func" | "table" | "memory" | "global" | "tag";

/** The index spaces of a component. Those of core things are apart from the others. */
export type Sort =
  | `core ${CoreKind}`
  | "core type"
  | "core module"
  | "core instance"
  | "func"
  | "type"
  | "component"
  | "instance";

/** A place in an index space. */
export interface SortIndex {
  /** Which index space. */
  readonly sort: Sort;
  /** 0-based. */
  readonly index: number;
}

/** Something with a name. */
export interface NamedIndex extends SortIndex {
  /** Its name. */
  readonly name: string;
}

/** The type of a value: without parts, or an index. */
export type ValueReference = PrimitiveType["kind"] | "error-context" | number;

/** What a value type is made of. */
export type ValueSyntax =
  | { readonly kind: "reference"; readonly type: ValueReference }
  | { readonly kind: "record"; readonly fields: readonly FieldSyntax[] }
  | { readonly kind: "variant"; readonly cases: readonly CaseSyntax[] }
  | {
    readonly kind: "list";
    readonly element: ValueReference;
    readonly length: number | undefined;
  }
  | { readonly kind: "tuple"; readonly types: readonly ValueReference[] }
  | { readonly kind: "flags" | "enum"; readonly names: readonly string[] }
  | { readonly kind: "option"; readonly type: ValueReference }
  | {
    readonly kind: "result";
    readonly ok: ValueReference | undefined;
    readonly error: ValueReference | undefined;
  }
  | { readonly kind: "own" | "borrow"; readonly resource: number }
  | {
    readonly kind: "stream" | "future";
    readonly type: ValueReference | undefined;
  };

/** A field of a record, or a parameter. */
export interface FieldSyntax {
  /** In kebab case. */
  readonly name: string;
  /** Its type. */
  readonly type: ValueReference;
}

/** A case of a variant. */
export interface CaseSyntax {
  /** In kebab case. */
  readonly name: string;
  /** The type of what it carries. */
  readonly type: ValueReference | undefined;
}

/** The type of a function. */
export interface FunctionSyntax {
  /** The tag. */
  readonly kind: "function";
  /** Whether it is async. */
  readonly isAsync: boolean;
  /** In order. */
  readonly params: readonly FieldSyntax[];
  /** Its result, if it has one. */
  readonly result: ValueReference | undefined;
}

/** What a type definition says. */
export type TypeSyntax =
  | { readonly kind: "value"; readonly type: ValueSyntax }
  | FunctionSyntax
  | { readonly kind: "resource"; readonly destructor: number | undefined }
  | {
    readonly kind: "component" | "instance";
    readonly declarations: readonly Definition[];
  };

/** The type that something must have to be imported, or is given when it is exported. */
export type ExternSyntax =
  | {
    readonly kind: "core module" | "func" | "component" | "instance";
    readonly type: number;
  }
  | { readonly kind: "equal type"; readonly type: number }
  | { readonly kind: "resource" };

/** How strings lie in memory. */
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** The options of a canonical function; indices of core things. */
export interface OptionsSyntax {
  /** How strings lie in memory. */
  readonly encoding: StringEncoding;
  /** The memory. */
  readonly memory: number | undefined;
  /** What makes room in it. */
  readonly realloc: number | undefined;
  /** What runs when the results have been read. */
  readonly postReturn: number | undefined;
}

/** What a component is made of, in order. Each adds to one index space, `start` to none. */
export type DefinitionSyntax =
  | { readonly kind: "core module"; readonly bytes: Uint8Array }
  | {
    readonly kind: "core instantiate";
    readonly module: number;
    readonly args: readonly NamedIndex[];
  }
  | {
    readonly kind: "core bundle";
    readonly exports: readonly NamedIndex[];
  }
  | { readonly kind: "bundle"; readonly exports: readonly NamedIndex[] }
  | { readonly kind: "core type" }
  | { readonly kind: "component"; readonly component: ComponentSyntax }
  | {
    readonly kind: "instantiate";
    readonly component: number;
    readonly args: readonly NamedIndex[];
  }
  | {
    readonly kind: "alias export";
    readonly sort: Sort;
    readonly instance: number;
    readonly name: string;
  }
  | {
    readonly kind: "alias core export";
    readonly sort: `core ${CoreKind}`;
    readonly instance: number;
    readonly name: string;
  }
  | {
    readonly kind: "alias outer";
    readonly sort: Sort;
    readonly count: number;
    readonly index: number;
  }
  | { readonly kind: "type"; readonly type: TypeSyntax }
  | {
    readonly kind: "lift";
    readonly core: number;
    readonly options: OptionsSyntax;
    readonly type: number;
  }
  | {
    readonly kind: "lower";
    readonly func: number;
    readonly options: OptionsSyntax;
  }
  | {
    readonly kind: "resource.new" | "resource.drop" | "resource.rep";
    readonly resource: number;
  }
  | { readonly kind: "preview3 function"; readonly feature: string }
  | { readonly kind: "start"; readonly func: number }
  | {
    readonly kind: "import";
    readonly name: string;
    readonly type: ExternSyntax;
  }
  | {
    readonly kind: "export";
    readonly name: string;
    readonly item: SortIndex;
    readonly type: ExternSyntax | undefined;
  }
  /** Of an instance type: what an instance of it exports. */
  | {
    readonly kind: "declare export";
    readonly name: string;
    readonly type: ExternSyntax;
  };

/** A definition, and where it is. */
export type Definition = DefinitionSyntax & { readonly place: Place };

/** A component, or a component in another. */
export interface ComponentSyntax {
  /** In order. */
  readonly definitions: readonly Definition[];
}

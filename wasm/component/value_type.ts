/**
 * Types of the values that components exchange.
 *
 * @see Component Model, "Type Definitions" of the binary format, and "Despecialization"
 * of the canonical ABI.
 *
 * @module
 */

/** The type of a value. It is a tree: what the binary names by index is resolved. */
export type ValueType =
  | PrimitiveType
  | RecordType
  | VariantType
  | ListType
  | TupleType
  | FlagsType
  | EnumType
  | OptionType
  | ResultType
  | HandleType;

/** A type without parts. */
export interface PrimitiveType {
  /** The tag. */
  readonly kind:
    | "bool"
    | "s8"
    | "u8"
    | "s16"
    | "u16"
    | "s32"
    | "u32"
    | "s64"
    | "u64"
    | "f32"
    | "f64"
    | "char"
    | "string";
}

/** Fields, in order. */
export interface RecordType {
  /** The tag. */
  readonly kind: "record";
  /** At least one. */
  readonly fields: readonly Field[];
}

/** One field of a record. */
export interface Field {
  /** In kebab case, as in WIT. */
  readonly name: string;
  /** The type of its value. */
  readonly type: ValueType;
}

/** One of several cases. */
export interface VariantType {
  /** The tag. */
  readonly kind: "variant";
  /** At least one. */
  readonly cases: readonly Case[];
}

/** One case of a variant. */
export interface Case {
  /** In kebab case, as in WIT. */
  readonly name: string;
  /** The type of what it carries; undefined when it carries nothing. */
  readonly type: ValueType | undefined;
}

/** Any number of values of one type, or exactly `length` of them. */
export interface ListType {
  /** The tag. */
  readonly kind: "list";
  /** The type of each. */
  readonly element: ValueType;
  /** How many; undefined for any number. */
  readonly length: number | undefined;
}

/** Values of several types, in order. */
export interface TupleType {
  /** The tag. */
  readonly kind: "tuple";
  /** At least one. */
  readonly types: readonly ValueType[];
}

/** A set of names. */
export interface FlagsType {
  /** The tag. */
  readonly kind: "flags";
  /** 1 to 32 names, in kebab case. */
  readonly names: readonly string[];
}

/** One of several names. */
export interface EnumType {
  /** The tag. */
  readonly kind: "enum";
  /** At least one, in kebab case. */
  readonly names: readonly string[];
}

/** A value, or none. */
export interface OptionType {
  /** The tag. */
  readonly kind: "option";
  /** The type of the value. */
  readonly type: ValueType;
}

/** What came of something: a value, or an error. */
export interface ResultType {
  /** The tag. */
  readonly kind: "result";
  /** The type of the value; undefined when there is none. */
  readonly ok: ValueType | undefined;
  /** The type of the error; undefined when there is none. */
  readonly error: ValueType | undefined;
}

/** A handle of a resource. */
export interface HandleType {
  /** `own` gives the resource away, `borrow` lends it for one call. */
  readonly kind: "own" | "borrow";
  /** Of which resource: the same object for the same type. */
  readonly resource: ResourceType;
}

/** A type of resources. Two are the same only when they are the same object. */
export interface ResourceType {
  /** What it is called, for messages; undefined when it has no name. */
  readonly name: string | undefined;
  /**
   * Whether it stands for a stream, a future or an error context, which `name`
   * spells out; false when absent. Two of the same name are the same then.
   */
  readonly isAsync?: true;
}

/** What stands for a stream, a future or an error context, which `text` spells out. */
export function asyncResource(text: string): ResourceType {
  return { name: text, isAsync: true };
}

/** The type of a function. */
export interface FunctionType {
  /** Names and types of its parameters, in order. */
  readonly params: readonly Field[];
  /** The type of its result; undefined when it has none. */
  readonly result: ValueType | undefined;
  /** Whether it may suspend its caller by the rules of async functions. */
  readonly isAsync: boolean;
}

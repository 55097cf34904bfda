/**
 * Bounds on what a component may be. Components are hostile: without these a
 * few bytes could ask for any time, any memory, or any depth of the stack.
 *
 * @module
 */

/** How deep components, component types and instance types may lie in each other. */
export const NESTING_MAX = 16;
/** How deep component instances may instantiate each other. */
export const INSTANTIATION_DEPTH_MAX = 64;
/** Definitions in a component, those of nested components and types included. */
export const DEFINITIONS_MAX = 100_000;
/** Steps of resolving: a definition that is carried out, a part of a type that is compared. */
export const STEPS_MAX = 2_000_000;
/** Core modules that one plan instantiates. */
export const CORE_INSTANCES_MAX = 200;
/** Bytes of a name of a component. */
export const NAME_BYTES_MAX = 256;
/** Bytes of a name of something core, which tools make of whole signatures. */
export const CORE_NAME_BYTES_MAX = 16_384;
/** Parts of one value type or function type, counted as a tree: a record of two fields has three. */
export const TYPE_PARTS_MAX = 10_000;
/** Depth of one value type. */
export const TYPE_DEPTH_MAX = 64;
/** Names in one type of flags. */
export const FLAGS_MAX = 32;
/** Characters of a description. */
export const DESCRIPTION_LENGTH_MAX = 1_000_000;
/** How many times a function may be lifted and lowered again. */
export const WRAPPING_MAX = 64;
/** Calls of components by components that one process has under way. */
export const NESTED_FIBERS_MAX = 64;
/** Bytes of the heap that a linked import of an instance counts for. */
export const IMPORT_BYTES = 512;

/**
 * Bounds of dynamic code, with their units.
 *
 * @module
 */

import { MEBIBYTE } from "../limits.ts";

/** Size of code, in bytes. */
export const CODE_BYTES_MAX: number = 16 * MEBIBYTE;

/** Length of a source that names where code is, in characters. */
export const SOURCE_LENGTH_MAX = 4_096;

/** Time for fetching code, in milliseconds. */
export const FETCH_MS_MAX = 20_000;

/** Redirects that are followed. */
export const REDIRECTS_MAX = 5;

/** Fetches under way on a node. */
export const FETCHES_MAX = 32;

/** Sources of which it is known for a while what is there. */
export const SOURCES_MAX = 10_000;

/** Components of dynamic code that are loaded, on a node: each takes some megabytes. */
export const COMPONENTS_MAX = 128;

/** How long it is believed what is at a source, and code is kept that nobody uses, in milliseconds. */
export const DYNAMIC_TTL_MS = 300_000;

/** Time for evaluating dynamic code into its image, in milliseconds: all of a node waits in one line for it. */
export const DYNAMIC_BAKE_MS_MAX = 2_000;

/** Lines that code logs while it is evaluated. */
export const BAKE_LINES_MAX = 100;

/** Length of such a line, in characters. */
export const BAKE_LINE_MAX = 4_096;

/** Length of what a guest is told of code that cannot be loaded, in characters. */
export const WHY_MAX = 1_024;

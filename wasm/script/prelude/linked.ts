/**
 * The prelude as its libraries see it: what the script of a library is called
 * with.
 *
 * @module
 */

import type { Core } from "./core.ts";

declare const __core: Core;
declare const __install: (library: object) => void;

/** What the prelude shares. */
export const core: Core = __core;

/** Takes what the library is made of. */
export const install: (library: object) => void = __install;

/**
 * The library of `console`, which shows values as text.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { install } from "../linked.ts";
import { console } from "./console.ts";
import { inspect } from "./inspect.ts";

/** What the prelude uses of it. */
export interface InspectLibrary extends Library {
  /** See `inspect.ts`. */
  inspect(value: unknown): string;
}

const library: InspectLibrary = { globals: { console }, inspect };
install(library);

/**
 * The library of `fetch`.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { install } from "../linked.ts";
import { fetch } from "./fetch.ts";
import { Pipe } from "./pipe.ts";

/** What other libraries use of it. */
export interface FetchLibrary extends Library {
  /** See `pipe.ts`. */
  Pipe: typeof Pipe;
}

const library: FetchLibrary = { globals: { fetch }, Pipe };
install(library);

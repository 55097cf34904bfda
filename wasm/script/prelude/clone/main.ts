/**
 * The library of `structuredClone`.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { install } from "../linked.ts";
import { structuredClone } from "./structured_clone.ts";

const library: Library = { globals: { structuredClone } };
install(library);

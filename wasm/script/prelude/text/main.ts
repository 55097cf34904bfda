/**
 * The library of encodings.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { TextDecoder, TextEncoder } from "./text_decoder.ts";

/** What the prelude uses of encodings. */
export interface TextLibrary extends Library {
  /** The class. */
  TextDecoder: typeof TextDecoder;
}

const CLASSES = { TextDecoder, TextEncoder };
for (const [name, constructor] of Object.entries(CLASSES)) {
  core.definePlatformClass(name, constructor);
}
const library: TextLibrary = { globals: CLASSES, TextDecoder };
install(library);

/**
 * The library of URLs.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { URL } from "./url.ts";
import { parseFormText, URLSearchParams } from "./url_search_params.ts";

/** What the prelude uses of URLs. */
export interface UrlLibrary extends Library {
  /** The text of parameters; undefined for anything else. */
  paramsText(value: object): string | undefined;
  /** The fields of urlencoded text. */
  parseFormText(text: string): [name: string, value: string][];
}

const { toString } = URLSearchParams.prototype;

const CLASSES = { URL, URLSearchParams };
for (const [name, constructor] of Object.entries(CLASSES)) {
  core.definePlatformClass(name, constructor);
}
const library: UrlLibrary = {
  globals: CLASSES,
  paramsText: (value) =>
    value instanceof URLSearchParams
      ? Reflect.apply(toString, value, [])
      : undefined,
  parseFormText,
};
install(library);

/**
 * Where jco is installed for tests, if it is.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { findGenerator } from "../generator.ts";

const PLACES = ["tests/jco", "tests/guests/tools"];
const ROOT = new URL("../../../../", import.meta.url);

/** A directory from which jco is found; undefined when `npm ci` has run in none. */
export const JCO_DIR: string | undefined = PLACES
  .map((place) => fileURLToPath(new URL(place, ROOT)))
  .find((directory) => findGenerator(directory) !== undefined);

/**
 * What the prelude shares with its libraries.
 *
 * @module
 */

import { decodeText, encodeText, viewBytes } from "./encoding.ts";
import { failProcess } from "./failure.ts";
import { callHost, guestFrames, guestStack, makeError } from "./host.ts";
import { library, loadedLibrary } from "./libraries.ts";
import { abandonOperation, nextId, startOperation } from "./operations.ts";
import {
  definePlatformClass,
  demandArguments,
  isPlatformObject,
  pairIterator,
  registerPlatformClass,
} from "./platform.ts";
import { clampedTimeout } from "./timers.ts";
import { parseUrl } from "./url_parts.ts";

/** What the prelude shares with its libraries. */
export const CORE = {
  abandonOperation,
  callHost,
  clampedTimeout,
  decodeText,
  definePlatformClass,
  demandArguments,
  encodeText,
  failProcess,
  guestFrames,
  guestStack,
  isPlatformObject,
  library,
  loadedLibrary,
  makeError,
  nextId,
  pairIterator,
  parseUrl,
  registerPlatformClass,
  startOperation,
  viewBytes,
};

/** Its type, for `linked.ts`. */
export type Core = typeof CORE;

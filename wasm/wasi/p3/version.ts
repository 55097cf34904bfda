/**
 * The version of WASI 0.3 that is given.
 *
 * @module
 */

import type { HostInterface } from "../../component/host.ts";
import { pathOf } from "../../component/version.ts";

/** Given to whoever imports any 0.3. */
export const VERSION = "0.3.0";

/** An interface of 0.2 that is no different in 0.3. */
export function unchanged(declared: HostInterface): HostInterface {
  return { ...declared, name: `${pathOf(declared.name)}@${VERSION}` };
}

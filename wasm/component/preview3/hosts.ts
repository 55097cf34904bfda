/**
 * The interfaces that components of preview 3 can import.
 *
 * @module
 */

import { WASI_P3 } from "../../wasi/p3/mod.ts";
import { HOST_INTERFACES } from "../hosts.ts";
import { HostRegistry } from "../registry.ts";

/** All that other components can import, and what only these can. */
export const PREVIEW3_REGISTRY: HostRegistry = new HostRegistry([
  ...WASI_P3,
  ...HOST_INTERFACES,
]);

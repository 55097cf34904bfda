/**
 * The interfaces that every component can import.
 *
 * @module
 */

import { WASI_P2 } from "../wasi/p2/mod.ts";
import type { HostInterface } from "./host.ts";
import { HostRegistry } from "./registry.ts";

/** All of them. */
export const HOST_INTERFACES: readonly HostInterface[] = [...WASI_P2];

/** The same, to be searched. */
export const HOST_REGISTRY: HostRegistry = new HostRegistry(HOST_INTERFACES);

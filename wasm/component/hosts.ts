/**
 * The interfaces that every component can import.
 *
 * @module
 */

import { ACTOR_WORLD } from "../actor/mod.ts";
import { WASI_P2 } from "../wasi/p2/mod.ts";
import type { HostInterface } from "./host.ts";
import { HostRegistry } from "./registry.ts";

/** All of them. */
export const HOST_INTERFACES: readonly HostInterface[] = [
  ...WASI_P2,
  ...ACTOR_WORLD,
];

/** The same, to be searched. */
export const HOST_REGISTRY: HostRegistry = new HostRegistry(HOST_INTERFACES);

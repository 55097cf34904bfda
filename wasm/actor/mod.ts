/**
 * The world `rusm:runtime`: what components ask of their node.
 *
 * @module
 */

import type { HostInterface } from "../component/host.ts";
import { ALL_IN_ACTOR } from "./all_in_actor.ts";
import { KV } from "./kv.ts";
import { LOG } from "./log.ts";
import { PG } from "./pg.ts";
import { SERVE } from "./serve.ts";
import { STREAMS } from "./streams.ts";
import { TYPES } from "./types.ts";

/**
 * The interfaces of `rusm:runtime@0.1.0`. `actor` holds what `kv`, `log`, `pg`
 * and `streams` have, too, for guests of before they were divided.
 */
export const ACTOR_WORLD: readonly HostInterface[] = [
  TYPES,
  ALL_IN_ACTOR,
  KV,
  LOG,
  PG,
  SERVE,
  STREAMS,
];

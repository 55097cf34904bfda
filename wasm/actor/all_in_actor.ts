/**
 * `rusm:runtime/actor` for guests of before it was divided, which import all
 * that they use from it.
 *
 * @module
 */

import type { HostInterface } from "../component/host.ts";
import { ACTOR } from "./actor.ts";
import { KV } from "./kv.ts";
import { LOG } from "./log.ts";
import { PG } from "./pg.ts";
import { STREAMS } from "./streams.ts";

// What a guest imports is compared function by function: those that it does not
// know are none of its business. The names of types do not matter.
const ALL: readonly HostInterface[] = [ACTOR, prefixed(KV), LOG, PG, STREAMS];

/** All of it in one: the functions of `kv` with its name in front. */
export const ALL_IN_ACTOR: HostInterface = {
  name: ACTOR.name,
  wit: ALL.map(({ wit }) => wit).join("\n").replaceAll(
    // Once is enough, and twice is an error.
    /use types\.\{pid\};/g,
    (use, at: number, whole: string) => whole.indexOf(use) === at ? use : "",
  ),
  functions: Object.assign({}, ...ALL.map((each) => each.functions)),
  suspending: Object.assign({}, ...ALL.map((each) => each.suspending)),
  sharing: new Set(ALL.flatMap(({ sharing = [] }) => [...sharing])),
};

function prefixed(
  { name, wit, suspending = {} }: HostInterface,
): HostInterface {
  return {
    name,
    wit: wit.replaceAll(/%?([a-z]+): func/g, "kv-$1: func"),
    suspending: Object.fromEntries(
      Object.entries(suspending).map(([name, each]) => [`kv-${name}`, each]),
    ),
  };
}

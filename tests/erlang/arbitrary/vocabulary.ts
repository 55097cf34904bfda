/**
 * What scenarios are drawn from.
 *
 * @module
 */

import fc from "fast-check";
import type { Name, Pattern, Reason } from "../scenario.ts";

/** Drawn as often as its weight says. */
export type Weighted<T> = { weight: number; arbitrary: fc.Arbitrary<T> };

/** Stands for any process, monitor or alias: most scenarios have fewer. */
export const index = fc.nat(7);
/** Few, so that receives find what they look for. */
export const tag = fc.nat(2);
/** Fewer than processes. */
export const name = fc.constantFrom<Name>("n0", "n1");
/** Any. */
export const reason = oneOf<Reason>(
  ...["normal", "shutdown", "kill", "killed", "noproc", "oops", "bye"] as const,
);

/** One of `items`; one that is there twice is drawn twice as often. */
export function oneOf<const T>(...items: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...items);
}

/** Weighs an arbitrary for `fc.oneof`. */
export function weigh<T>(
  weight: number,
  arbitrary: fc.Arbitrary<T>,
): Weighted<T> {
  return { weight, arbitrary };
}

/** Any. */
export const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  fc.record({ type: fc.constant("tag"), tag }),
  fc.record({ type: fc.constant("anyTag") }),
  fc.record({ type: fc.constant("down"), monitor: index }),
  fc.record({ type: fc.constant("exit"), from: index }),
);

/** A short wait takes time of real Erlang, so there are few. */
export const wait = oneOf("look", "look", "long", "long", "short");
/** How a process ends by itself. */
export const how = oneOf("exit", "exit", "return", "crash");
/** What it sends before. */
export const sends = fc.array(fc.record({ to: index, tag }), { maxLength: 2 });

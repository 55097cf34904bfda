/**
 * What a mistyped word was meant to be.
 *
 * @module
 */

import { closest, distance } from "fastest-levenshtein";

/**
 * Ends a message about an unknown word: with a question when one of `words` is
 * near, else with the list of them.
 *
 * @param kind What `words` are, for the list: `commands`.
 */
export function suggest(
  typed: string,
  words: readonly string[],
  kind: string,
): string {
  const word = nearest(typed, words);
  return word === undefined
    ? `known ${kind} are ${words.join(", ")}`
    : `did you mean "${word}"?`;
}

/** That of `words` which may have been meant; `undefined` when none is near. */
export function nearest(
  typed: string,
  words: readonly string[],
): string | undefined {
  if (words.length === 0) return undefined;
  const word = closest(typed, words);
  const isNear = distance(typed, word) <= Math.max(1, word.length / 2);
  return isNear ? word : undefined;
}

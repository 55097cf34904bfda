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
  const word = closest(typed, words);
  return distance(typed, word) <= Math.max(1, word.length / 2)
    ? `did you mean "${word}"?`
    : `known ${kind} are ${words.join(", ")}`;
}

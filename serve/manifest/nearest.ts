/**
 * What a mistyped word was meant to be.
 *
 * @module
 */

/**
 * Finds the word nearest to `typed`, by the number of letters to insert,
 * remove, replace or swap with the next one.
 *
 * @returns The first of the nearest words; `undefined` when none is near
 * enough: more than a third of its letters differ.
 */
export function nearest(
  typed: string,
  words: Iterable<string>,
): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const word of words) {
    const distanceMax = Math.max(1, Math.floor(word.length / 3));
    if (Math.abs(word.length - typed.length) > distanceMax) continue;
    const distance = editDistance(typed, word);
    if (distance > distanceMax) continue;
    if (best === undefined || distance < best.distance) {
      best = { word, distance };
    }
  }
  return best?.word;
}

/**
 * Words the answer to a mistyped one: a question that names the nearest of
 * `words`, else the list of them all.
 *
 * @param plural What `words` are, for the list: `known keys`.
 */
export function suggest(
  typed: string,
  words: readonly string[],
  plural: string,
): string {
  const word = nearest(typed, words);
  return word === undefined
    ? `${plural} are ${words.join(", ")}`
    : `did you mean "${word}"?`;
}

// The edit distance in which two letters that changed places count as one
// mistake ("optimal string alignment"), row by row of its table.
function editDistance(left: string, right: string): number {
  const rows: number[][] = [
    Array.from({ length: right.length + 1 }, (_, index) => index),
  ];
  for (let index = 1; index <= left.length; index++) {
    rows.push(nextRow(rows, left.slice(0, index), right));
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

function nextRow(
  rows: readonly number[][],
  left: string,
  right: string,
): number[] {
  const [above = [], aboveThat = []] = [rows.at(-1), rows.at(-2)];
  const row = [left.length];
  for (let index = 1; index <= right.length; index++) {
    const isSame = left.at(-1) === right[index - 1];
    const isSwapped = left.at(-1) === right[index - 2] &&
      left.at(-2) === right[index - 1];
    row.push(Math.min(
      cell(above, index) + 1,
      cell(row, index - 1) + 1,
      cell(above, index - 1) + (isSame ? 0 : 1),
      isSwapped ? cell(aboveThat, index - 2) + 1 : Infinity,
    ));
  }
  return row;
}

function cell(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

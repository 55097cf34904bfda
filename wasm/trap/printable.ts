/**
 * Texts of a guest, made fit for logs and terminals.
 *
 * @module
 */

/** The longest name of a function that is shown, in UTF-16 units. */
export const NAME_LENGTH_MAX = 256;

// Control and format characters, which turn text around, hide it or begin lines;
// halves of pairs; and what no character is assigned to.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * `text` on one line, without what a terminal obeys, cut at `lengthMax` UTF-16
 * units. Each character that is left out becomes `U+FFFD`.
 */
export function printable(text: string, lengthMax: number): string {
  const cut = text.slice(0, lengthMax).replaceAll(UNPRINTABLE, "\ufffd");
  return text.length > lengthMax ? `${cut}…` : cut;
}

/**
 * Words for a shell.
 *
 * @module
 */

/** `word` as a POSIX shell must be given it; unchanged when it is plain. */
export function quoteForShell(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

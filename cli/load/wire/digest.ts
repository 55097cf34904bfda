/**
 * Telling bodies apart without keeping them.
 *
 * @module
 */

/** The digest of no bytes. */
export const EMPTY_DIGEST: number = 0x811c9dc5 | 0;

/**
 * The digest of what `digest` is of and `bytes` behind it: FNV-1a, which is no
 * hurdle for who makes two bodies alike on purpose.
 */
export function digestOf(bytes: Uint8Array, digest: number): number {
  for (const byte of bytes) digest = Math.imul(digest ^ byte, 0x01000193);
  return digest;
}

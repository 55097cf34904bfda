/**
 * Text that needs no decoder: each call of one takes a microsecond, and nearly
 * all names are short and of ASCII.
 *
 * @module
 */

// More arguments at once could be too much for the stack.
const LENGTH_MAX = 256;

/** The text in `bytes`; undefined if it is long, or has other letters. */
export function asciiText(bytes: Uint8Array): string | undefined {
  if (bytes.length > LENGTH_MAX) return undefined;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at]! >= 0x80) return undefined;
  }
  return Reflect.apply(String.fromCharCode, undefined, bytes);
}

/** Whether `text` takes a byte per letter. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) >= 0x80) return false;
  }
  return true;
}

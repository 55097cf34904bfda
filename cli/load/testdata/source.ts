import type { ByteSource } from "../wire/reader.ts";

/** Hands out `bytes` in pieces of at most `pieceBytes`, and then ends. */
export function sourceOf(
  bytes: string | Uint8Array,
  pieceBytes = Infinity,
): ByteSource {
  let rest = typeof bytes === "string"
    ? Uint8Array.from(bytes, (char) => char.charCodeAt(0))
    : bytes;
  return {
    read(target) {
      if (rest.length === 0) return Promise.resolve(null);
      const count = Math.min(rest.length, pieceBytes, target.length);
      target.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return Promise.resolve(count);
    },
  };
}

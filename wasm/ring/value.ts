/**
 * Values as bytes, for another thread to read.
 *
 * Plain data is written here: it is quicker than any general serializer, and a
 * {@linkcode Pid} stays a pid. All else is left to the serializer of V8, which
 * copies as `structuredClone` does; see `clone.ts`.
 *
 * @module
 */

/** What a value begins with. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A whole number of 32 bits. */
  int: 4,
  /** Any other number. */
  float: 5,
  /** A bigint, as decimal text. */
  bigint: 6,
  /** Text; plus its `TextForm`, so 8 and 9 are texts too. */
  text: 7,
  bytes: 10,
  array: 11,
  /** Count of keys, then key and value of each. */
  object: 12,
  map: 13,
  set: 14,
  date: 15,
  pid: 16,
  /** Written by the serializer of V8. */
  clone: 17,
  /** An object: the number of its shape in one byte, then the values; see `shape.ts`. */
  shape: 18,
} as const;

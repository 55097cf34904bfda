/**
 * Ids that tell a request in every log it appears in.
 *
 * @module
 */

const ID_BYTES = 8;

/** Random bytes that are fetched at a time: to fetch few is slow. */
const pool = new Uint8Array(512 * ID_BYTES);
let taken = pool.length;

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** Makes an id that nobody can guess: 16 hexadecimal digits. */
export function createRequestId(): string {
  if (taken === pool.length) {
    crypto.getRandomValues(pool);
    taken = 0;
  }
  let id = "";
  const end = taken + ID_BYTES;
  while (taken < end) id += HEX[pool[taken++]!];
  return id;
}

/** Whether a proxy's id can stand in logs and headers as it is. */
export function isRequestId(text: string): boolean {
  return /^[\w.:/+=@-]{1,128}$/.test(text);
}

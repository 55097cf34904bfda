/**
 * Constants, in a core dump.
 *
 * @module
 */

import type { Writer } from "../instrument/writer.ts";

/** Writes an integer as signed LEB128. */
export function writeSigned(writer: Writer, value: bigint): void {
  let rest = value;
  while (rest < -64n || rest > 63n) {
    writer.byte(Number(rest & 0x7fn) + 0x80);
    rest >>= 7n;
  }
  writer.byte(Number(rest & 0x7fn));
}

/** Writes a float of 4 or 8 bytes. */
export function writeFloat(writer: Writer, value: number, size: 4 | 8): void {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  writer.copy(new Uint8Array(view.buffer));
}

/**
 * Puts modules together byte by byte, for what no assembler here knows.
 *
 * @module
 */

import { u32, writeSections } from "../sections.ts";

/** A section with a vector of `items` in it. */
export function section(
  id: number,
  ...items: readonly (readonly number[])[]
): { id: number; bytes: Uint8Array } {
  return {
    id,
    bytes: Uint8Array.from([...u32(items.length), ...items.flat()]),
  };
}

/** A name, or whatever else has its size in front. */
export function sized(content: string | readonly number[]): number[] {
  const bytes = typeof content === "string"
    ? [...new TextEncoder().encode(content)]
    : content;
  return [...u32(bytes.length), ...bytes];
}

/** A function's body without locals; the last `end` is added. */
export function body(...code: readonly (readonly number[])[]): number[] {
  return sized([0, ...code.flat(), 0x0b]);
}

/** An export. */
export function exported(name: string, kind: number, index: number): number[] {
  return [...sized(name), kind, ...u32(index)];
}

/** An import. */
export function imported(
  field: string,
  kind: number,
  ...type: number[]
): number[] {
  return [...sized("env"), ...sized(field), kind, ...type];
}

/** A module. */
export function moduleOf(
  ...sections: { id: number; bytes: Uint8Array }[]
): Uint8Array<ArrayBuffer> {
  return writeSections(sections);
}

/**
 * Wasm modules of some hundred bytes, written down as numbers.
 *
 * @module
 */

import { u32 } from "../instrument/sections.ts";

/** One section: its id, and its items behind each other. */
export function section(
  id: number,
  items: number[][],
): { id: number; bytes: Uint8Array } {
  return {
    id,
    bytes: Uint8Array.from([...u32(items.length), ...items.flat()]),
  };
}

/** A function that is imported, by the index of its type. */
export function imported(field: string, type: number): number[] {
  return [...name("qjs"), ...name(field), 0, type];
}

/** A name, which is ASCII. */
export function name(text: string): number[] {
  return sized([...text].map((letter) => letter.charCodeAt(0)));
}

/** Bytes with their count in front. */
export function sized(bytes: number[]): number[] {
  return [...u32(bytes.length), ...bytes];
}

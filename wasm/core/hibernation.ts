/**
 * Instances that wait for a message without being there.
 *
 * @module
 */

import { PAGE_BYTES } from "../instrument/memory_type.ts";
import type { MemoryImage } from "./image.ts";
import { growMemory } from "./memory.ts";
import type { CoreModule } from "./module.ts";

/** The state of an instance, as far as it differs from the first one. */
export interface Hibernated {
  /** Size of its memory, in pages. */
  readonly pages: number;
  /** Values of its mutable globals, in order. */
  readonly globals: readonly (number | bigint)[];
  /**
   * What differs of its memory. Shape: (u32 at, u32 length, bytes)*, in the
   * byte order of the machine.
   */
  readonly parts: Uint8Array<ArrayBuffer>;
}

/** What holds the state of an instance. */
interface Stateful {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory | undefined;
}

// In words of four bytes: a part has two of them in front.
const BLOCK_WORDS = 16;

/** Types of values that JavaScript can hold. */
export const NUMERIC: ReadonlySet<string> = new Set([
  "i32",
  "i64",
  "f32",
  "f64",
]);
const NO_GLOBALS: readonly number[] = [];
const NO_PARTS = new Uint8Array(0);

/** Whether instances of `module` can be saved while no call is under way. */
export function isHibernatable(module: CoreModule): boolean {
  const { isRestorable, writesTables, dropsSegments, memories, globals } =
    module;
  return isRestorable && !writesTables && !dropsSegments &&
    !memories[0]?.isShared &&
    globals.every(({ type }) => NUMERIC.has(type));
}

/** See {@linkcode CoreInstance.save}. `module` must be hibernatable. */
export function saveState(
  module: CoreModule,
  { exports, memory, image }: Stateful & { readonly image: MemoryImage },
): Hibernated | undefined {
  const globals = saveGlobals(module, exports);
  if (globals === undefined) return undefined;
  if (memory === undefined) return { pages: 0, globals, parts: NO_PARTS };
  const words = new Int32Array(memory.buffer as ArrayBuffer);
  const pages = memory.buffer.byteLength / PAGE_BYTES;
  return { pages, globals, parts: pack(words, differences(words, image)) };
}

// JavaScript may change the bits of what is not a number.
function saveGlobals(
  { globals }: CoreModule,
  exports: WebAssembly.Exports,
): readonly (number | bigint)[] | undefined {
  if (globals.length === 0) return NO_GLOBALS;
  const values = globals.map(({ exportName }) =>
    (exports[exportName] as WebAssembly.Global).value as number | bigint
  );
  return values.some(Number.isNaN) ? undefined : values;
}

/** Where words lie that differ. Shape: (first, end)*. */
function differences(words: Int32Array, image: MemoryImage): number[] {
  const ranges: number[] = [];
  let from = 0;
  for (const { at, bytes } of image) {
    const part = new Int32Array(bytes.buffer as ArrayBuffer);
    compare(words, { from, end: at / 4 }, ZEROS, ranges);
    from = (at + bytes.length) / 4;
    compare(words, { from: at / 4, end: from }, part, ranges);
  }
  compare(words, { from, end: words.length }, ZEROS, ranges);
  return ranges;
}

const ZEROS = new Int32Array(BLOCK_WORDS);

/** Adds the blocks between `from` and `end` that are not those of `first`. */
function compare(
  words: Int32Array,
  { from, end }: { readonly from: number; readonly end: number },
  first: Int32Array,
  ranges: number[],
): void {
  for (let at = from; at < end; at += BLOCK_WORDS) {
    if (isSame(words, at, first, first === ZEROS ? 0 : at - from)) continue;
    if (ranges.at(-1) === at) ranges[ranges.length - 1] = at + BLOCK_WORDS;
    else ranges.push(at, at + BLOCK_WORDS);
  }
}

function isSame(
  words: Int32Array,
  at: number,
  first: Int32Array,
  from: number,
): boolean {
  for (let nth = 0; nth < BLOCK_WORDS; nth++) {
    if (words[at + nth] !== first[from + nth]) return false;
  }
  return true;
}

function pack(
  words: Int32Array,
  ranges: readonly number[],
): Uint8Array<ArrayBuffer> {
  let length = ranges.length;
  for (let nth = 0; nth < ranges.length; nth += 2) {
    length += ranges[nth + 1]! - ranges[nth]!;
  }
  const packed = new Int32Array(length);
  let to = 0;
  for (let nth = 0; nth < ranges.length; nth += 2) {
    const [at, end] = [ranges[nth]!, ranges[nth + 1]!];
    packed[to++] = at * 4;
    packed[to++] = (end - at) * 4;
    packed.set(words.subarray(at, end), to);
    to += end - at;
  }
  return new Uint8Array(packed.buffer);
}

/** See {@linkcode CoreInstance.wake}. */
export function wakeState(
  { memories, globals: described }: CoreModule,
  { exports, memory }: Stateful,
  { pages, globals, parts }: Hibernated,
): void {
  described.forEach(({ exportName }, index) => {
    (exports[exportName] as WebAssembly.Global).value = globals[index];
  });
  if (memory === undefined) return;
  const { min, is64 } = memories[0]!;
  if (pages > min) growMemory(memory, pages - min, is64);
  unpack(new Uint8Array(memory.buffer), parts);
}

function unpack(bytes: Uint8Array, parts: Uint8Array<ArrayBuffer>): void {
  const words = new Int32Array(parts.buffer);
  for (let nth = 0; nth < words.length;) {
    const at = words[nth]! >>> 0;
    const length = words[nth + 1]! >>> 0;
    const from = (nth + 2) * 4;
    bytes.set(parts.subarray(from, from + length), at);
    nth += 2 + length / 4;
  }
}

/**
 * Numbers and vectors, bit by bit.
 *
 * JavaScript cannot hold a vector, and may change the bits of a NaN. So a
 * function of numbers is called by a module made for its signature, which takes
 * the arguments out of a memory and puts the results into it.
 *
 * @module
 */

import { SECTION, writeSections } from "../../wasm/instrument/sections.ts";
import { Writer } from "../../wasm/instrument/writer.ts";
import type { Value } from "./script.ts";

/** The name of a type of numbers. */
export type NumberType = "i32" | "i64" | "f32" | "f64" | "v128";

/** What a function of numbers takes and gives. */
export interface Signature {
  /** Types of its parameters. */
  readonly params: readonly NumberType[];
  /** Types of its results. */
  readonly results: readonly NumberType[];
}

interface Coding {
  readonly bits: number;
  readonly type: number;
  readonly load: readonly number[];
  readonly store: readonly number[];
}

// deno-fmt-ignore
const CODINGS: Readonly<Record<NumberType, Coding>> = {
  i32:  { bits: 32,  type: 0x7f, load: [0x28],       store: [0x36] },
  i64:  { bits: 64,  type: 0x7e, load: [0x29],       store: [0x37] },
  f32:  { bits: 32,  type: 0x7d, load: [0x2a],       store: [0x38] },
  f64:  { bits: 64,  type: 0x7c, load: [0x2b],       store: [0x39] },
  v128: { bits: 128, type: 0x7b, load: [0xfd, 0x00], store: [0xfd, 0x0b] },
};

/** The types there are. */
export const NUMBER_TYPES = Object.keys(CODINGS) as readonly NumberType[];

const SLOT_BYTES = 16;
const OP = {
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  i32Const: 0x41,
} as const;

/** Whether `type` is one of {@linkcode NumberType}. */
export function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(CODINGS, type);
}

/** `bits` as an unsigned number of the width of `type`. */
export function asUnsigned(type: NumberType, bits: bigint): bigint {
  return BigInt.asUintN(CODINGS[type].bits, bits);
}

const LANE_BITS: ReadonlyMap<string, number> = new Map([
  ...[["i8", 8], ["i16", 16], ["i32", 32]] as const,
  ...[["f32", 32], ["i64", 64], ["f64", 64]] as const,
]);

/** The bits of a vector of `lanes`, each of which has as many as `type` says. */
export function joinLanes(type: string, lanes: readonly bigint[]): bigint {
  const bits = LANE_BITS.get(type)!;
  return lanes.reduceRight(
    (vector, lane) => vector << BigInt(bits) | BigInt.asUintN(bits, lane),
    0n,
  );
}

/** The lanes of a vector. */
export function splitLanes(type: string, vector: bigint): bigint[] {
  const bits = LANE_BITS.get(type)!;
  return Array.from(
    { length: 128 / bits },
    (_, lane) => BigInt.asUintN(bits, vector >> BigInt(lane * bits)),
  );
}

/** The bits of a value of a {@linkcode NumberType} that is given. */
export function bitsOf({ type, value, lane_type }: Value): bigint {
  if (type === "v128") {
    return joinLanes(lane_type!, (value as readonly string[]).map(laneOf));
  }
  return asUnsigned(type as NumberType, laneOf(value as string));
}

// Some converters write any NaN that will do by its pattern.
function laneOf(text: string): bigint {
  return text.startsWith("nan:") ? 0n : BigInt(text);
}

const modules = new Map<string, WebAssembly.Module>();
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
const view = new DataView(memory.buffer);

/**
 * Calls an exported function of numbers.
 *
 * @param args The bits of each.
 * @returns The bits of each result; undefined when it has another signature.
 */
export function callWithBits(
  called: CallableFunction,
  signature: Signature,
  args: readonly bigint[],
): bigint[] | undefined {
  const run = callerFor(called, signature);
  if (run === undefined) return undefined;
  args.forEach((bits, slot) => {
    view.setBigUint64(slot * SLOT_BYTES, BigInt.asUintN(64, bits), true);
    view.setBigUint64(slot * SLOT_BYTES + 8, bits >> 64n, true);
  });
  run();
  return signature.results.map((type, slot) =>
    asUnsigned(type, readSlot(slot))
  );
}

function readSlot(slot: number): bigint {
  const low = view.getBigUint64(slot * SLOT_BYTES, true);
  return view.getBigUint64(slot * SLOT_BYTES + 8, true) << 64n | low;
}

function callerFor(
  called: CallableFunction,
  signature: Signature,
): (() => void) | undefined {
  const key = `${signature.params}-${signature.results}`;
  const module = modules.get(key) ??
    new WebAssembly.Module(callerOf(signature));
  modules.set(key, module);
  const imports = { called: called as WebAssembly.ImportValue, memory };
  try {
    const { exports } = new WebAssembly.Instance(module, { "": imports });
    return exports["run"] as () => void;
  } catch (error) {
    // The only way to learn what signature a function does not have.
    if (error instanceof WebAssembly.LinkError) return undefined;
    throw error;
  }
}

function callerOf({ params, results }: Signature): Uint8Array<ArrayBuffer> {
  const code: number[] = [];
  params.forEach((type, slot) => {
    code.push(...address(slot), ...CODINGS[type].load, 0, 0);
  });
  code.push(OP.call, 0);
  results.forEach((_, slot) => {
    code.push(OP.localSet, ...leb(results.length - 1 - slot));
  });
  results.forEach((type, slot) => {
    code.push(...address(slot), OP.localGet, ...leb(slot));
    code.push(...CODINGS[type].store, 0, 0);
  });
  const locals = results.flatMap((type) => [1, CODINGS[type].type]);
  const types = (list: readonly NumberType[]) => [
    ...leb(list.length),
    ...list.map((type) => CODINGS[type].type),
  ];
  const body = [...leb(results.length), ...locals, ...code, OP.end];
  return writeSections([
    {
      id: SECTION.type,
      bytes: Uint8Array.from([
        2,
        0x60,
        ...types(params),
        ...types(results),
        0x60,
        0,
        0,
      ]),
    },
    {
      id: SECTION.import,
      bytes: Uint8Array.from([
        2,
        0,
        ...name("called"),
        0,
        0,
        0,
        ...name("memory"),
        2,
        0,
        1,
      ]),
    },
    { id: SECTION.function, bytes: Uint8Array.of(1, 1) },
    { id: SECTION.export, bytes: Uint8Array.from([1, ...name("run"), 0, 1]) },
    {
      id: SECTION.code,
      bytes: Uint8Array.from([1, ...leb(body.length), ...body]),
    },
  ]);
}

function address(slot: number): number[] {
  // A signed integer, so 63 is the last in one byte: two always do.
  const offset = slot * SLOT_BYTES;
  return [
    OP.i32Const,
    offset & 0x7f | 0x80,
    offset >> 7 & 0x7f | 0x80,
    offset >> 14,
  ];
}

function leb(value: number): number[] {
  const writer = new Writer();
  writer.u32(value);
  return [...writer.bytes];
}

function name(text: string): number[] {
  const writer = new Writer();
  writer.name(text);
  return [...writer.bytes];
}

/**
 * Segments that are dropped, without dropping them.
 *
 * What an engine has dropped nobody can bring back, and an instance could not be
 * used again. So a drop only sets a flag of the segment, which the reset clears,
 * and what reads the segment looks at the flag.
 *
 * @module
 */

import { integerBetween, integerEnd } from "./leb.ts";
import { Writer } from "./writer.ts";

/** What stands in place of an instruction, or in front of it. */
export interface SegmentEdit {
  /** Instructions. */
  readonly code: Uint8Array;
  /** Where the original goes on: at the instruction, or behind it when it is replaced. */
  readonly end: number;
}

type Kind = "data" | "elem";

/** Which segment an instruction is about: by which of its immediates. */
interface Use {
  readonly kind: Kind;
  readonly isDrop: boolean;
  readonly isSecond: boolean;
}

const USES: ReadonlyMap<number, Use> = new Map([
  [0xfc08, { kind: "data", isDrop: false, isSecond: false }], // memory.init
  [0xfc09, { kind: "data", isDrop: true, isSecond: false }],
  [0xfc0c, { kind: "elem", isDrop: false, isSecond: false }], // table.init
  [0xfc0d, { kind: "elem", isDrop: true, isSecond: false }],
  [0xfb09, { kind: "data", isDrop: false, isSecond: true }], // array.new_data
  [0xfb0a, { kind: "elem", isDrop: false, isSecond: true }], // array.new_elem
  [0xfb12, { kind: "data", isDrop: false, isSecond: true }], // array.init_data
  [0xfb13, { kind: "elem", isDrop: false, isSecond: true }], // array.init_elem
]);

// deno-fmt-ignore
const OP = {
  select: 0x1b, globalGet: 0x23, globalSet: 0x24, i32Const: 0x41, i32Or: 0x72,
} as const;

// The value of a flag: 2³⁰ - 1. No segment is as long, since no module is. V8 has
// other words for an offset that is larger, so what is not may not become so.
const DROPPED = [0xff, 0xff, 0xff, 0xff, 0x03];

/**
 * The globals that are added for segments, one for each that code names and two
 * to put operands aside. All are `i32`, and 0 at first.
 */
export class SegmentFlags {
  readonly #first: number;
  readonly #flags = new Map<string, number>();

  /** None yet; `first` is the index of the first global that is added. */
  constructor(first: number) {
    this.#first = first;
  }

  /** How many globals are added. */
  get count(): number {
    return this.#flags.size;
  }

  #index(name: string): number {
    const index = this.#flags.get(name) ?? this.#first + this.count;
    this.#flags.set(name, index);
    return index;
  }

  /** What becomes of the instruction at `at`, which is about a segment. */
  edit(bytes: Uint8Array, at: number): SegmentEdit {
    const numberEnd = integerEnd(bytes, at + 1);
    const number = integerBetween(bytes, at + 1, numberEnd);
    const { kind, isDrop, isSecond } = USES.get(bytes[at]! << 8 | number)!;
    const from = isSecond ? integerEnd(bytes, numberEnd) : numberEnd;
    const end = integerEnd(bytes, from);
    const flag = this.#index(`${kind} ${integerBetween(bytes, from, end)}`);
    return isDrop
      ? { code: dropOf(flag), end }
      : { code: this.#guardOf(flag), end: at };
  }

  /**
   * On the stack are an offset in the segment and a count. One that is dropped
   * is empty: it has room for 0 at 0 alone. Any other offset is moved behind all
   * that a segment can hold, so that the instruction itself traps, as it would.
   *
   * ```wat
   * (global.set $count) (global.set $offset)
   * (i32.or (global.get $offset)
   *   (select (global.get $flag) (i32.const 0) (i32.or (global.get $offset) (global.get $count))))
   * (global.get $count)
   * ```
   */
  #guardOf(flag: number): Uint8Array {
    const count = this.#index("count");
    const offset = this.#index("offset");
    const writer = new Writer();
    const global = (opcode: number, index: number) => {
      writer.byte(opcode);
      writer.u32(index);
    };
    global(OP.globalSet, count);
    global(OP.globalSet, offset);
    global(OP.globalGet, offset);
    global(OP.globalGet, flag);
    writer.copy(Uint8Array.of(OP.i32Const, 0));
    global(OP.globalGet, offset);
    global(OP.globalGet, count);
    writer.copy(Uint8Array.of(OP.i32Or, OP.select, OP.i32Or));
    global(OP.globalGet, count);
    return writer.bytes;
  }

  /** Instructions that bring back what was dropped. */
  reset(): Uint8Array {
    const writer = new Writer();
    for (const index of this.#flags.values()) {
      writer.copy(Uint8Array.of(OP.i32Const, 0, OP.globalSet));
      writer.u32(index);
    }
    return writer.bytes;
  }
}

function dropOf(flag: number): Uint8Array {
  const writer = new Writer();
  writer.copy(Uint8Array.of(OP.i32Const, ...DROPPED, OP.globalSet));
  writer.u32(flag);
  return writer.bytes;
}

/**
 * What follows each opcode, and what it means for whoever runs the module.
 *
 * An entry is a shape in its low bits, the form of the immediates, and traits
 * above. There is one table per prefix, and one for opcodes of a single byte.
 *
 * @see WebAssembly Core 3.0, "Binary Format, Instructions", and the legacy
 * exception handling instructions.
 *
 * @module
 */

/** Forms of immediates. All integers are LEB128. */
export const SHAPE = {
  /** No such instruction. */
  none: 0,
  /** No immediates. */
  plain: 1,
  /** One integer: an index, a constant, or a heap type. */
  one: 2,
  /** Two integers. */
  two: 3,
  /** The index of a function. */
  func: 4,
  /** A block type. */
  block: 5,
  /** A block type, behind which a check is due. */
  loop: 6,
  /** Flags, the index of a memory if bit 6 is set, and an offset. */
  memory: 7,
  /** As `memory`, and a byte. */
  memoryLane: 8,
  /** One byte. */
  byte: 9,
  /** Four bytes. */
  bytes4: 10,
  /** Eight bytes. */
  bytes8: 11,
  /** Sixteen bytes. */
  bytes16: 12,
  /** A vector of integers, and one more. */
  table: 13,
  /** A vector of value types. */
  select: 14,
  /** A block type, and a vector of catch clauses. */
  tryTable: 15,
  /** A byte, and three integers. */
  cast: 16,
  /** An opcode of its own, as an integer, that is found in {@linkcode prefixed}. */
  prefix: 17,
  /** The end of a block, or of the expression. */
  end: 18,
  /** The index of a label. */
  label: 19,
  /** The index of a label, seen from outside of the block that it ends. */
  delegate: 20,
  /** The index of a global. */
  global: 21,
  /** The index of a type, and an integer. */
  indirect: 22,
  /** The index of a memory. */
  memoryIndex: 23,
  /** Two indices of memories. */
  memoryIndices: 24,
} as const;

/** The bits of an entry that hold its shape. */
export const SHAPE_MASK = 0x1f;

/** What an instruction means for whoever runs the module. */
export const TRAIT = {
  /** Runs another function. */
  calls: 1 << 5,
  /** Can take long: a check is due in front of it. */
  bulk: 1 << 6,
  /** Writes entries of a table. */
  writesTables: 1 << 7,
  /** Makes a table larger. */
  growsTables: 1 << 8,
  /** Empties a segment. */
  drops: 1 << 9,
  /** Makes an object on the heap of the engine. */
  allocates: 1 << 10,
  /** Blocks the thread. */
  waits: 1 << 11,
  /** Makes a memory larger. */
  growsMemories: 1 << 12,
  /** Is about a segment, and `bulk`. */
  segment: 1 << 13,
  /** May name what is added to a module: the engine has to be asked whether the original is valid. */
  unsure: 1 << 14,
} as const;

// deno-fmt-ignore
const { none, plain, one, two, func, block, loop, memory, memoryLane, byte, bytes16, cast } = SHAPE;
// deno-fmt-ignore
const { calls, bulk, writesTables, growsTables, drops, allocates, segment, unsure } = TRAIT;

/** The entries of the opcodes of one byte. */
export const SINGLE: Uint16Array = entries(0x100, [
  [0x00, 0x01, plain], // unreachable, nop
  [0x02, 0x02, block],
  [0x03, 0x03, loop],
  [0x04, 0x04, block], // if
  [0x05, 0x05, plain], // else
  [0x06, 0x06, block | unsure], // try
  [0x07, 0x08, one | unsure], // catch, throw
  [0x09, 0x09, SHAPE.label | unsure], // rethrow
  [0x0a, 0x0a, plain | unsure], // throw_ref
  [0x0b, 0x0b, SHAPE.end],
  [0x0c, 0x0d, SHAPE.label], // br, br_if
  [0x0e, 0x0e, SHAPE.table],
  [0x0f, 0x0f, plain], // return
  [0x10, 0x10, func | calls],
  [0x11, 0x11, SHAPE.indirect | calls], // call_indirect
  [0x12, 0x12, func | calls], // return_call
  [0x13, 0x13, SHAPE.indirect | calls], // return_call_indirect
  [0x14, 0x15, one | calls | unsure], // call_ref, return_call_ref
  [0x18, 0x18, SHAPE.delegate | unsure],
  [0x19, 0x19, plain | unsure], // catch_all
  [0x1a, 0x1b, plain], // drop, select
  [0x1c, 0x1c, SHAPE.select | unsure],
  [0x1f, 0x1f, SHAPE.tryTable | unsure],
  [0x20, 0x22, one], // locals
  [0x23, 0x24, SHAPE.global],
  [0x25, 0x25, one], // table.get
  [0x26, 0x26, one | writesTables], // table.set
  [0x28, 0x3e, memory],
  [0x3f, 0x3f, SHAPE.memoryIndex], // memory.size
  [0x40, 0x40, SHAPE.memoryIndex | bulk | TRAIT.growsMemories], // memory.grow
  [0x41, 0x42, one], // i32.const, i64.const
  [0x43, 0x43, SHAPE.bytes4],
  [0x44, 0x44, SHAPE.bytes8],
  [0x45, 0xc4, plain],
  [0xd0, 0xd0, one | unsure], // ref.null
  [0xd1, 0xd1, plain], // ref.is_null
  [0xd2, 0xd2, func], // ref.func
  [0xd3, 0xd4, plain | unsure], // ref.eq, ref.as_non_null
  [0xd5, 0xd6, SHAPE.label | unsure], // br_on_null, br_on_non_null
  [0xfb, 0xfe, SHAPE.prefix],
]);

const GARBAGE_COLLECTION = entries(0x1f, [
  [0x00, 0x01, one | allocates | unsure], // struct.new, struct.new_default
  [0x02, 0x05, two | unsure], // struct.get, get_s, get_u, set
  [0x06, 0x07, one | allocates | bulk | unsure], // array.new, new_default
  [0x08, 0x08, two | allocates | unsure], // array.new_fixed
  [0x09, 0x0a, two | allocates | bulk | segment | unsure], // array.new_data, new_elem
  [0x0b, 0x0e, one | unsure], // array.get, get_s, get_u, set
  [0x0f, 0x0f, plain | unsure], // array.len
  [0x10, 0x10, one | bulk | unsure], // array.fill
  [0x11, 0x11, two | bulk | unsure], // array.copy
  [0x12, 0x13, two | bulk | segment | unsure], // array.init_data, init_elem
  [0x14, 0x17, one | unsure], // ref.test, ref.cast
  [0x18, 0x19, cast | unsure], // br_on_cast, br_on_cast_fail
  [0x1a, 0x1e, plain | unsure], // extern conversions, i31
]);

const NUMERIC_AND_BULK = entries(0x12, [
  [0x00, 0x07, plain], // saturating truncations
  [0x08, 0x08, two | bulk | segment | unsure], // memory.init
  [0x09, 0x09, one | bulk | segment | drops | unsure], // data.drop
  [0x0a, 0x0a, SHAPE.memoryIndices | bulk], // memory.copy
  [0x0b, 0x0b, SHAPE.memoryIndex | bulk], // memory.fill
  [0x0c, 0x0c, two | bulk | segment | writesTables | unsure], // table.init
  [0x0d, 0x0d, one | bulk | segment | drops | unsure], // elem.drop
  [0x0e, 0x0e, two | bulk | writesTables], // table.copy
  [0x0f, 0x0f, one | bulk | growsTables], // table.grow
  [0x10, 0x10, one], // table.size
  [0x11, 0x11, one | bulk | writesTables], // table.fill
]);

// Numbers of vector instructions that the proposal gave up.
const HOLES = [
  ...[0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5],
  ...[0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee],
];

const VECTOR = entries(0x114, [
  [0x00, 0x0b, memory],
  [0x0c, 0x0d, bytes16], // v128.const, i8x16.shuffle
  [0x0e, 0x113, plain],
  [0x15, 0x22, byte], // extract_lane, replace_lane
  [0x54, 0x5b, memoryLane],
  [0x5c, 0x5d, memory],
  ...HOLES.map((hole): Row => [hole, hole, none]),
]);

const ATOMIC = entries(0x4f, [
  [0x00, 0x00, memory], // memory.atomic.notify
  [0x01, 0x02, memory | TRAIT.waits],
  [0x03, 0x03, byte], // atomic.fence
  [0x10, 0x4e, memory],
]);

const PREFIXED = [GARBAGE_COLLECTION, NUMERIC_AND_BULK, VECTOR, ATOMIC];

/** The entry of `opcode` behind `prefix`, which is 0xfb to 0xfe. */
export function prefixed(prefix: number, opcode: number): number {
  return PREFIXED[prefix - 0xfb]![opcode] ?? SHAPE.none;
}

/** Opcodes from the first to the last, and their entry. A later row goes over an earlier one. */
type Row = readonly [first: number, last: number, entry: number];

function entries(size: number, rows: readonly Row[]): Uint16Array {
  const table = new Uint16Array(size);
  for (const [first, last, entry] of rows) table.fill(entry, first, last + 1);
  return table;
}

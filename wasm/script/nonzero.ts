/**
 * Finds what is not zero in the memory of an instance.
 *
 * A page of memory that was never touched is no memory yet: reading it costs
 * nothing, writing zeros over it makes it real. This module of a hundred bytes
 * reads as fast as the machine can, which JavaScript does not.
 *
 * @module
 */

import { writeSections } from "../instrument/sections.ts";
import { name, section, sized } from "./small_module.ts";

/** Bytes that are read at once. */
export const BLOCK_BYTES = 128;

/**
 * Links the module to a memory.
 *
 * @returns `nonzero(at, end)`: the first block from `at`, which is the address
 * of one, that is not all zero; `end` when there is none before it.
 */
export function linkNonzero(
  memory: WebAssembly.Memory,
): (at: number, end: number) => number {
  compiled ??= new WebAssembly.Module(nonzeroModule());
  const instance = new WebAssembly.Instance(compiled, { qjs: { memory } });
  return instance.exports.nonzero as ReturnType<typeof linkNonzero>;
}

let compiled: WebAssembly.Module | undefined;

// deno-fmt-ignore
const OP = {
  unreachable: 0x00, loop: 0x03, if: 0x04, end: 0x0b, br: 0x0c, return: 0x0f,
  localGet: 0x20, localSet: 0x21, i32Const: 0x41, i32GeU: 0x4f, i32Add: 0x6a,
  v128Load: [0xfd, 0x00], v128Or: [0xfd, 0x50], v128AnyTrue: [0xfd, 0x53],
  void: 0x40, i32: 0x7f, func: 0x60,
} as const;

/**
 * The module, as text:
 *
 * ```wat
 * (module
 *   (type (func (param i32 i32) (result i32)))
 *   (import "qjs" "memory" (memory 0))
 *   (func (export "nonzero") (type 0)
 *     (loop $next
 *       (if (i32.ge_u (local.get 0) (local.get 1))
 *         (then (return (local.get 1))))
 *       (if (v128.any_true
 *           (v128.or (v128.or (v128.or (v128.or (v128.or (v128.or (v128.or
 *             (v128.load (local.get 0))
 *             (v128.load offset=16 (local.get 0)))
 *             (v128.load offset=32 (local.get 0)))
 *             (v128.load offset=48 (local.get 0)))
 *             (v128.load offset=64 (local.get 0)))
 *             (v128.load offset=80 (local.get 0)))
 *             (v128.load offset=96 (local.get 0)))
 *             (v128.load offset=112 (local.get 0))))
 *         (then (return (local.get 0))))
 *       (local.set 0 (i32.add (local.get 0) (i32.const 128)))
 *       (br $next))
 *     (unreachable)))
 * ```
 */
export function nonzeroModule(): Uint8Array<ArrayBuffer> {
  const { i32, func } = OP;
  return writeSections([
    section(1, [[func, 2, i32, i32, 1, i32]]),
    section(2, [[...name("qjs"), ...name("memory"), 2, 0, 0]]),
    section(3, [[0]]),
    section(7, [[...name("nonzero"), 0, 0]]),
    section(10, [sized([0, ...nonzeroCode()])]),
  ]);
}

const BLOCK_BYTES_LEB = [0x80, 0x01];

function nonzeroCode(): number[] {
  const { localGet, localSet, end, void: nothing } = OP;
  const returnLocal = (local: number) => [
    ...[OP.if, nothing, localGet, local, OP.return, end],
  ];
  return [
    ...[OP.loop, nothing],
    ...[localGet, 0, localGet, 1, OP.i32GeU, ...returnLocal(1)],
    ...[...block(), ...OP.v128AnyTrue, ...returnLocal(0)],
    ...[localGet, 0, OP.i32Const, ...BLOCK_BYTES_LEB, OP.i32Add, localSet, 0],
    ...[OP.br, 0, end],
    ...[OP.unreachable, end],
  ];
}

function block(): number[] {
  const words = Array.from({ length: BLOCK_BYTES / 16 }, (_, word) => word);
  return words.flatMap((word) => {
    const load = [OP.localGet, 0, ...OP.v128Load, 4, 16 * word];
    return word === 0 ? load : [...load, ...OP.v128Or];
  });
}

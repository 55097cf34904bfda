/**
 * One turn of a script guest on one fiber: a call, and all promise reactions
 * that follow from it.
 *
 * QuickJS exports a call and a single job, and each would need a fiber of its
 * own, which costs a mapping of memory. This module of some hundred bytes
 * stands between: Wasm calls Wasm, so one fiber is enough.
 *
 * @module
 */

import { u32, writeSections } from "../instrument/sections.ts";

/** What a turn is made of: exports of QuickJS, called without JavaScript in between. */
export interface TurnImports extends Record<string, WebAssembly.ExportValue> {
  /** `qjs_call`. */
  readonly call: WebAssembly.ExportValue;
  /** `qjs_is_exception`. */
  readonly is_exception: WebAssembly.ExportValue;
  /** `qjs_is_job_pending`. */
  readonly is_job_pending: WebAssembly.ExportValue;
  /** `qjs_execute_pending_job`. */
  readonly execute_pending_job: WebAssembly.ExportValue;
}

/** What `turn` returns when a job threw: the exception waits in the guest. */
export const JOB_THREW = -1;

/**
 * Links the module.
 *
 * @returns `turn(fn, this, argc, argv)`: the result of the call, which is an
 * exception when it threw, and then no job ran; or {@linkcode JOB_THREW}.
 */
export function linkTurn(
  imports: TurnImports,
): (fn: number, self: number, argc: number, argv: number) => number {
  compiled ??= new WebAssembly.Module(turnModule());
  const instance = new WebAssembly.Instance(compiled, { qjs: imports });
  return instance.exports.turn as ReturnType<typeof linkTurn>;
}

let compiled: WebAssembly.Module | undefined;

// deno-fmt-ignore
const OP = {
  unreachable: 0x00, loop: 0x03, if: 0x04, end: 0x0b, br: 0x0c, return: 0x0f,
  call: 0x10, localGet: 0x20, localSet: 0x21, i32Const: 0x41, i32Eqz: 0x45,
  i32LtS: 0x48, void: 0x40, i32: 0x7f, func: 0x60, minusOne: 0x7f,
} as const;

/**
 * The module, as text:
 *
 * ```wat
 * (module
 *   (type $call (func (param i32 i32 i32 i32) (result i32)))
 *   (type $test (func (param i32) (result i32)))
 *   (type $step (func (result i32)))
 *   (import "qjs" "call" (func $call (type $call)))
 *   (import "qjs" "is_exception" (func $is_exception (type $test)))
 *   (import "qjs" "is_job_pending" (func $is_job_pending (type $step)))
 *   (import "qjs" "execute_pending_job" (func $execute_pending_job (type $step)))
 *   (func (export "turn") (type $call) (local $result i32)
 *     (local.set $result
 *       (call $call (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
 *     (if (call $is_exception (local.get $result))
 *       (then (return (local.get $result))))
 *     (loop $next
 *       (if (i32.eqz (call $is_job_pending))
 *         (then (return (local.get $result))))
 *       (if (i32.lt_s (call $execute_pending_job) (i32.const 0))
 *         (then (return (i32.const -1))))
 *       (br $next))
 *     (unreachable)))
 * ```
 */
export function turnModule(): Uint8Array<ArrayBuffer> {
  const { i32, func } = OP;
  return writeSections([
    section(1, [
      [func, 4, i32, i32, i32, i32, 1, i32],
      [func, 1, i32, 1, i32],
      [func, 0, 1, i32],
    ]),
    section(2, [
      imported("call", 0),
      imported("is_exception", 1),
      imported("is_job_pending", 2),
      imported("execute_pending_job", 2),
    ]),
    section(3, [[0]]),
    section(7, [[...name("turn"), 0, 4]]),
    section(10, [sized([1, 1, i32, ...turnCode()])]),
  ]);
}

function turnCode(): number[] {
  const { call, localGet, localSet, end, void: nothing } = OP;
  const args = [0, 1, 2, 3].flatMap((local) => [localGet, local]);
  const returnResult = [OP.if, nothing, localGet, 4, OP.return, end];
  const returnMinusOne = [
    ...[OP.if, nothing, OP.i32Const, OP.minusOne, OP.return, end],
  ];
  return [
    ...[...args, call, 0, localSet, 4],
    ...[localGet, 4, call, 1, ...returnResult],
    ...[OP.loop, nothing],
    ...[call, 2, OP.i32Eqz, ...returnResult],
    ...[call, 3, OP.i32Const, 0, OP.i32LtS, ...returnMinusOne],
    ...[OP.br, 0, end],
    ...[OP.unreachable, end],
  ];
}

function section(
  id: number,
  items: number[][],
): { id: number; bytes: Uint8Array } {
  return {
    id,
    bytes: Uint8Array.from([...u32(items.length), ...items.flat()]),
  };
}

function imported(field: string, type: number): number[] {
  return [...name("qjs"), ...name(field), 0, type];
}

function name(text: string): number[] {
  return sized([...text].map((letter) => letter.charCodeAt(0)));
}

function sized(bytes: number[]): number[] {
  return [...u32(bytes.length), ...bytes];
}

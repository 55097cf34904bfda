/**
 * The exports of the QuickJS module that are used here.
 *
 * @module
 */

import { promising } from "../fiber.ts";
import { guestError, GuestThrew } from "./guest_error.ts";
import { linkTurn } from "./turn.ts";

/** Address of a value in the guest. */
export type Value = number & { readonly __value: true };

/** The exports of the QuickJS module that are used here. */
export interface QuickjsExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly __stack_pointer: WebAssembly.Global;
  _initialize(): void;
  wasm_malloc(bytes: number): number;
  wasm_free(address: number): void;
  qjs_init(): number;
  qjs_set_interrupt_handler(enabled: number): void;
  qjs_get_context_ptr(): number;
  qjs_set_promise_rejection_handler(enabled: number): void;
  qjs_set_memory_limit(bytes: number): void;
  qjs_set_max_stack_size(bytes: number): void;
  qjs_eval(code: number, count: number, file: number, flags: number): Value;
  qjs_compile(
    code: number,
    count: number,
    file: number,
    flags: number,
    compileFlags: number,
    countAt: number,
  ): number;
  qjs_eval_bytecode(at: number, count: number): Value;
  qjs_call(fn: Value, self: Value, argc: number, argv: number): Value;
  qjs_is_job_pending(): number;
  qjs_execute_pending_job(): number;
  qjs_get_exception(): Value;
  qjs_is_exception(value: Value): number;
  qjs_is_undefined(value: Value): number;
  qjs_is_null(value: Value): number;
  qjs_is_number(value: Value): number;
  qjs_is_string(value: Value): number;
  qjs_is_object(value: Value): number;
  qjs_is_symbol(value: Value): number;
  qjs_get_undefined(): Value;
  qjs_get_null(): Value;
  qjs_get_global(): Value;
  qjs_new_number(value: number): Value;
  qjs_new_string(address: number, count: number): Value;
  qjs_new_uint8_array(address: number, count: number): Value;
  qjs_new_host_function(name: number, count: number, length: number): Value;
  qjs_new_error(): Value;
  qjs_throw(error: Value): void;
  qjs_get_float64(value: Value): number;
  qjs_get_string_len(value: Value, count: number): number;
  qjs_free_cstring(address: number): void;
  qjs_get_prop_string(object: Value, name: number): Value;
  qjs_set_prop_string(object: Value, name: number, value: Value): number;
  qjs_get_typed_array_buffer(
    array: Value,
    offset: number,
    count: number,
    element: number,
  ): Value;
  qjs_get_array_buffer(buffer: Value, count: number): number;
  qjs_get_value_ptr(value: Value): number;
  qjs_free_value(value: Value): void;
  qjs_run_gc(): void;
}

/** The names of {@linkcode QuickjsExports}. */
export const QUICKJS_EXPORTS: ReadonlySet<string> = new Set(
  [
    "memory",
    "__stack_pointer",
    "_initialize",
    "wasm_malloc",
    "wasm_free",
    "qjs_init",
    "qjs_set_interrupt_handler",
    "qjs_get_context_ptr",
    "qjs_set_promise_rejection_handler",
    "qjs_set_memory_limit",
    "qjs_set_max_stack_size",
    "qjs_eval",
    "qjs_compile",
    "qjs_eval_bytecode",
    "qjs_call",
    "qjs_is_job_pending",
    "qjs_execute_pending_job",
    "qjs_get_exception",
    "qjs_is_exception",
    "qjs_is_undefined",
    "qjs_is_null",
    "qjs_is_number",
    "qjs_is_string",
    "qjs_is_object",
    "qjs_is_symbol",
    "qjs_get_undefined",
    "qjs_get_null",
    "qjs_get_global",
    "qjs_new_number",
    "qjs_new_string",
    "qjs_new_uint8_array",
    "qjs_new_host_function",
    "qjs_new_error",
    "qjs_throw",
    "qjs_get_float64",
    "qjs_get_string_len",
    "qjs_free_cstring",
    "qjs_get_prop_string",
    "qjs_set_prop_string",
    "qjs_get_typed_array_buffer",
    "qjs_get_array_buffer",
    "qjs_get_value_ptr",
    "qjs_free_value",
    "qjs_run_gc",
  ] satisfies (keyof QuickjsExports)[],
);

// What V8 says, and QuickJS as well.
const STACK_OVERFLOW = "Maximum call stack size exceeded";

/** The exports that can run guest code, each on a fiber of its own. */
export interface Fibers {
  evaluate(
    code: number,
    count: number,
    file: number,
    flags: number,
  ): Promise<Value>;
  compile: (
    ...args: Parameters<QuickjsExports["qjs_compile"]>
  ) => Promise<number>;
  evaluateBytecode(at: number, count: number): Promise<Value>;
  turn(fn: Value, self: Value, argc: number, argv: number): Promise<number>;
  property(object: Value, name: number): Promise<Value>;
}

/** Puts each of them on fibers. */
export function fibersOf(exports: QuickjsExports): Fibers {
  return {
    evaluate: fiber(exports.qjs_eval),
    compile: fiber(exports.qjs_compile),
    evaluateBytecode: fiber(exports.qjs_eval_bytecode),
    turn: fiber(linkTurn({
      call: exports.qjs_call,
      is_exception: exports.qjs_is_exception,
      is_job_pending: exports.qjs_is_job_pending,
      execute_pending_job: exports.qjs_execute_pending_job,
    })),
    property: fiber(exports.qjs_get_prop_string),
  };
}

function fiber<Args extends unknown[], Result>(
  guest: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  const call = promising(guest);
  return (...args) => call(...args).catch(trapped);
}

// A trap is the guest's fault, and so is V8's stack when native functions of
// QuickJS nest too deep. Their own stacks tell of the host.
function trapped(thrown: unknown): never {
  const isTrap = thrown instanceof WebAssembly.RuntimeError ||
    thrown instanceof RangeError && thrown.message === STACK_OVERFLOW;
  if (!isTrap) throw thrown;
  throw new GuestThrew(guestError(thrown.name, thrown.message, ""));
}

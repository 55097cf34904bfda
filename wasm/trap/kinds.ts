/**
 * What can go wrong in a guest.
 *
 * @module
 */

/**
 * Why a guest trapped. The words are those of the WebAssembly test suite, so
 * that they stay when V8 changes its own.
 *
 * Differs: V8 does not tell a float that is too large from one that is no
 * number, so both are `invalid conversion to integer`; nor an indirect call
 * past the end of its table from any other access, so both are `out of bounds
 * table access`. `uncaught exception` is none in the specification: the guest
 * threw, and did not catch. `unknown` is what V8 says in words that are not
 * known here.
 *
 * @see WebAssembly Core, "Execution, Instructions"; test/core of its suite.
 */
export type TrapKind =
  | "unreachable"
  | "out of bounds memory access"
  | "unaligned atomic"
  | "integer divide by zero"
  | "integer overflow"
  | "invalid conversion to integer"
  | "out of bounds table access"
  | "uninitialized element"
  | "indirect call type mismatch"
  | "call stack exhausted"
  | "null reference"
  | "null exception reference"
  | "cast failure"
  | "out of bounds array access"
  | "allocation size too large"
  | "uncaught exception"
  | "unknown";

// deno-fmt-ignore
const KINDS: ReadonlyMap<string, TrapKind> = new Map<string, TrapKind>([
  ["unreachable",                                  "unreachable"],
  ["memory access out of bounds",                  "out of bounds memory access"],
  ["data segment out of bounds",                   "out of bounds memory access"],
  ["operation does not support unaligned accesses", "unaligned atomic"],
  ["divide by zero",                               "integer divide by zero"],
  ["remainder by zero",                            "integer divide by zero"],
  ["divide result unrepresentable",                "integer overflow"],
  ["float unrepresentable in integer range",       "invalid conversion to integer"],
  ["table index is out of bounds",                 "out of bounds table access"],
  ["element segment out of bounds",                "out of bounds table access"],
  ["null function",                                "uninitialized element"],
  ["function signature mismatch",                  "indirect call type mismatch"],
  ["dereferencing a null pointer",                 "null reference"],
  ["rethrowing null value",                        "null exception reference"],
  ["illegal cast",                                 "cast failure"],
  ["array element access out of bounds",           "out of bounds array access"],
  ["requested new array is too large",             "allocation size too large"],
]);

const STACK_EXHAUSTED = "Maximum call stack size exceeded";

/**
 * The kind of trap that `thrown` is, by its class and V8's message; `undefined`
 * if it is none.
 *
 * A host function that recurses without end throws the same as a guest that
 * does: who cares looks at the frames.
 */
export function kindOf(thrown: Error): TrapKind | undefined {
  if (thrown instanceof WebAssembly.RuntimeError) {
    return runtimeKindOf(String(thrown.message));
  }
  const isExhausted = thrown instanceof RangeError &&
    thrown.message === STACK_EXHAUSTED;
  return isExhausted ? "call stack exhausted" : undefined;
}

// Instantiation puts the name of the API in front, and details behind.
function runtimeKindOf(message: string): TrapKind {
  const words = message
    .replace(/^WebAssembly\.\w+\(\): /, "")
    .replace(/^data segment \d+ is (out of bounds) .*$/, "data segment $1");
  return KINDS.get(words) ?? "unknown";
}

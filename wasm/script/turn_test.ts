import { deepStrictEqual, strictEqual } from "node:assert";
import { assemble } from "../testdata/wat.ts";
import { JOB_THREW, linkTurn, turnModule } from "./turn.ts";

Deno.test("turnModule() is the text in its comment, to the byte", async () => {
  deepStrictEqual(turnModule(), await assemble(await commentedText()));
});

async function commentedText(): Promise<string> {
  const source = await Deno.readTextFile(new URL("turn.ts", import.meta.url));
  const [, text] = source.match(/```wat\n([^]*?) \* ```/)!;
  return text!.replaceAll(/^ \* /gm, "");
}

/** What the stand-in for QuickJS does: its answers, and the calls it had. */
interface Script {
  /** What `call` returns. */
  result: number;
  /** Whether that is an exception. */
  throws?: boolean;
  /** What each job returns, in order; no job waits after the last. */
  jobs?: number[];
}

// deno-fmt-ignore
const TURNS: [name: string, script: Script, result: number, calls: string[]][] = [
  ["returns the result when no job waits", { result: 7 }, 7, ["call 1,2,3,4"]],
  ["runs no job after an exception", { result: 8, throws: true, jobs: [1] }, 8, ["call 1,2,3,4"]],
  ["runs all jobs", { result: 9, jobs: [1, 0, 1] }, 9, ["call 1,2,3,4", "job", "job", "job"]],
  ["stops at a job that throws", { result: 9, jobs: [1, -1, 1] }, JOB_THREW, ["call 1,2,3,4", "job", "job"]],
  ["takes addresses with the highest bit", { result: -0x80000000 }, -0x80000000, ["call 1,2,3,4"]],
];

for (const [name, script, result, calls] of TURNS) {
  Deno.test(`linkTurn() ${name}`, async () => {
    const { turn, called } = await linkScript(script);
    strictEqual(turn(1, 2, 3, 4), result);
    deepStrictEqual(called, calls);
  });
}

async function linkScript({ result, throws = false, jobs = [] }: Script) {
  const called: string[] = [];
  const left = [...jobs];
  const exports = await asExports({
    call: (...args) => (called.push(`call ${args}`), result),
    is_exception: (value) => Number(throws && value === result),
    is_job_pending: () => left.length,
    execute_pending_job: () => (called.push("job"), left.shift()!),
  });
  return { turn: linkTurn(exports), called };
}

type Functions = Record<
  "call" | "is_exception" | "is_job_pending" | "execute_pending_job",
  (...args: number[]) => number
>;

// Imports and exports again: only what Wasm exports can be linked to Wasm
// without JavaScript in between, and types insist on it.
async function asExports(functions: Functions) {
  const module = await assemble(`(module
    (import "a" "call" (func $c (param i32 i32 i32 i32) (result i32)))
    (import "a" "is_exception" (func $x (param i32) (result i32)))
    (import "a" "is_job_pending" (func $p (result i32)))
    (import "a" "execute_pending_job" (func $j (result i32)))
    (export "call" (func $c)) (export "is_exception" (func $x))
    (export "is_job_pending" (func $p))
    (export "execute_pending_job" (func $j)))`);
  const { instance } = await WebAssembly.instantiate(module, { a: functions });
  return instance.exports as Parameters<typeof linkTurn>[0];
}

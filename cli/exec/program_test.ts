import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { CommandFailure } from "../errors.ts";
import { withDirectory } from "../testdata/recorder.ts";
import { readProgram } from "./program.ts";
import { assemble } from "./testdata/assemble.ts";

/** Calls `test` with a directory that holds `bytes` as `a.wasm`. */
async function withProgram(
  bytes: Uint8Array,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  await withDirectory({}, async (directory) => {
    await Deno.writeFile(`${directory}/a.wasm`, bytes);
    await test(directory);
  });
}

const ENTRIES = [
  ['(func (export "_start"))', "_start"],
  ['(func (export "run"))', "run"],
  ['(func (export "run")) (func (export "_start"))', "_start"],
  ['(global (export "_start") i32 (i32.const 0)) (func (export "run"))', "run"],
] as const;

for (const [fields, entry] of ENTRIES) {
  Deno.test(`readProgram() begins with ${entry} when given ${fields}`, async () => {
    const bytes = await assemble(`(module ${fields})`);
    await withProgram(bytes, async (directory) => {
      for (const file of ["a.wasm", `${directory}/a.wasm`]) {
        const program = await readProgram(file, directory);
        strictEqual(program.entry, entry);
        deepStrictEqual(program.bytes, bytes);
      }
    });
  });
}

async function failureOf(
  file: string,
  directory: string,
): Promise<CommandFailure> {
  let failure: unknown;
  await rejects(readProgram(file, directory), (error) => {
    failure = error;
    return error instanceof CommandFailure;
  });
  return failure as CommandFailure;
}

const NO_ENTRY =
  "Cannot run a module that exports no function _start or run: a.wasm";

const WITHOUT: readonly (readonly [string, readonly string[]])[] = [
  ["", ["It exports nothing."]],
  ['(memory (export "memory") 1)', ['It exports memory "memory".']],
  ['(memory (export "run") 1)', ['It exports memory "run".']],
  [
    '(func (export "_strat")) (func (export "add"))',
    [
      'It exports function "_strat", function "add".',
      'Was "_strat" meant to be "_start"?',
    ],
  ],
  [
    '(func (export "Run"))',
    ['It exports function "Run".', 'Was "Run" meant to be "run"?'],
  ],
  [
    '(func (export "_initialize"))',
    [
      'It exports function "_initialize".',
      "It is a library: build it as a command, which has a _start.",
    ],
  ],
  [
    '(func (export "\\1b[2J"))',
    ['It exports function "\\u001b[2J".'],
  ],
  [
    Array.from({ length: 22 }, (_, index) => `(func (export "f${index}"))`)
      .join(""),
    [
      `It exports ${
        Array.from({ length: 20 }, (_, index) => `function "f${index}"`)
          .join(", ")
      } and 2 more.`,
    ],
  ],
];

for (const [fields, hints] of WITHOUT) {
  Deno.test(`readProgram() lists exports when given ${fields.slice(0, 50) || "none"}`, async () => {
    const bytes = await assemble(`(module ${fields})`);
    await withProgram(bytes, async (directory) => {
      const failure = await failureOf("a.wasm", directory);
      strictEqual(failure.message, NO_ENTRY);
      deepStrictEqual(failure.hints, hints);
      strictEqual(failure.exitCode, 2);
    });
  });
}

const WRONG = [
  ["none.wasm", "Cannot find the file: none.wasm"],
  [".", "Cannot run a directory: ."],
  ["a.wat", "Cannot run WebAssembly in text form: a.wat"],
] as const;

for (const [file, message] of WRONG) {
  Deno.test(`readProgram() refuses ${file} when it is no module`, async () => {
    await withDirectory({ "a.wat": "(module)" }, async (directory) => {
      const failure = await failureOf(file, directory);
      strictEqual(failure.message, message);
      strictEqual(failure.exitCode, 2);
    });
  });
}

Deno.test("readProgram() says what is wrong when a module is invalid", async () => {
  const whole = await assemble('(module (func (export "run")))');
  await withProgram(whole.slice(0, -3), async (directory) => {
    const failure = await failureOf("a.wasm", directory);
    strictEqual(failure.message, "Cannot run an invalid module: a.wasm");
    strictEqual(failure.hints.length, 1);
    strictEqual(failure.exitCode, 2);
  });
});

Deno.test("readProgram() says what is wrong with a component", async () => {
  const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 99);
  await withProgram(bytes, async (directory) => {
    const { message, hints } = await failureOf("a.wasm", directory);
    strictEqual(message, "Cannot run an invalid component: a.wasm");
    strictEqual(hints.length, 1);
  });
});

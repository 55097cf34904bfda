import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { ExitReason } from "@rusm/otp";
import { CommandFailure } from "../errors.ts";
import { exitCodeFor } from "./outcome.ts";

const CODES: readonly (readonly [ExitReason, number])[] = [
  ["normal", 0],
  [{ type: "exit", payload: { exitCode: 0 } }, 0],
  [{ type: "exit", payload: { exitCode: 3 } }, 3],
  [{ type: "exit", payload: { exitCode: 255 } }, 255],
  [{ type: "exit", payload: { exitCode: 257 } }, 1],
  [{ type: "exit", payload: { exitCode: 2 ** 32 - 1 } }, 255],
  [{ type: "exit", payload: { exitCode: -1 } }, 255],
];

for (const [reason, code] of CODES) {
  Deno.test(`exitCodeFor() answers ${code} when given ${JSON.stringify(reason)}`, () => {
    strictEqual(exitCodeFor(reason, "a.wasm"), code);
  });
}

const TRAP = {
  type: "crashed",
  name: "Trap",
  message: "unreachable: in f <- _start",
} as const;
const FRAMES = ["    at f (a.wasm:0x2a)", "    at _start (a.wasm:0x40)"];
const TRAPPED = "a.wasm crashed: Trap: unreachable: in f <- _start";

/** Reason, exit code, what is said, and what is said below that. */
const FAILURES: readonly (readonly [
  ExitReason,
  number,
  string,
  readonly string[],
])[] = [
  [TRAP, 134, TRAPPED, []],
  [{ ...TRAP, stack: FRAMES.join("\n") }, 134, TRAPPED, FRAMES],
  [
    { ...TRAP, stack: `Trap: unreachable\n${FRAMES.join("\n")}` },
    134,
    TRAPPED,
    FRAMES,
  ],
  [{ ...TRAP, stack: "Trap: unreachable" }, 134, TRAPPED, []],
  [
    { type: "limit", limit: "cpu", message: "Used too much" },
    137,
    "a.wasm was ended: Used too much",
    ["Give it more with --max-cpu-ms."],
  ],
  [
    { type: "limit", limit: "memory", message: "Used too much" },
    137,
    "a.wasm was ended: Used too much",
    ["Give it more with --max-memory-mb."],
  ],
  [
    { type: "limit", limit: "system", message: "There is no room" },
    137,
    "a.wasm was ended: There is no room",
    [],
  ],
  ["killed", 137, "a.wasm was ended: killed", []],
  [
    { type: "exit", payload: "tired" },
    137,
    "a.wasm was ended: exit: tired",
    [],
  ],
  [{ type: "exit", payload: null }, 137, "a.wasm was ended: exit: null", []],
  [
    { type: "exit", payload: { exitCode: "3" } },
    137,
    'a.wasm was ended: exit: {"exitCode":"3"}',
    [],
  ],
];

for (const [reason, exitCode, message, hints] of FAILURES) {
  Deno.test(`exitCodeFor() fails with ${exitCode} when given ${JSON.stringify(reason)}`, () => {
    throws(() => exitCodeFor(reason, "a.wasm"), (error) => {
      if (!(error instanceof CommandFailure)) return false;
      strictEqual(error.message, message);
      strictEqual(error.exitCode, exitCode);
      deepStrictEqual(error.hints, hints);
      return true;
    });
  });
}

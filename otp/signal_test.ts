import { deepStrictEqual } from "node:assert";
import type { ExitReason } from "./reason.ts";
import { receiveExit } from "./signal.ts";

const CUSTOM: ExitReason = { type: "exit", payload: 1 };

// Rows are what Erlang/OTP 25 does; `testdata/exits.escript` prints them.
// "own" rows, exit/1, are no signal: `process_exit_test.ts` has them.
// deno-fmt-ignore
const EXITS: [boolean, ExitReason, ExitReason | "ignored"][] = [
  // self   reason      what a monitor sees
  [true,    "normal",   "normal"],
  [true,    "shutdown", "shutdown"],
  [true,    "kill",     "killed"],
  [true,    "killed",   "killed"],
  [true,    "noproc",   "noproc"],
  [true,    CUSTOM,     CUSTOM],
  [false,   "normal",   "ignored"],
  [false,   "shutdown", "shutdown"],
  [false,   "kill",     "killed"],
  [false,   "killed",   "killed"],
  [false,   "noproc",   "noproc"],
  [false,   CUSTOM,     CUSTOM],
];

for (const [fromSelf, reason, seen] of EXITS) {
  const name = typeof reason === "string" ? reason : "custom";
  Deno.test(`receiveExit() of ${name}, from itself: ${fromSelf}`, () => {
    const effect = seen === "ignored"
      ? { type: "ignore" }
      : { type: "terminate", reason: seen };
    deepStrictEqual(receiveExit(reason, fromSelf), effect);
  });
}

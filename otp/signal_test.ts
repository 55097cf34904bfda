import { deepStrictEqual } from "node:assert";
import type { ExitReason } from "./reason.ts";
import { type ExitEffect, receiveExit } from "./signal.ts";

const CUSTOM: ExitReason = { type: "exit", payload: 1 };

// Rows are what Erlang/OTP 25 does; `testdata/exits.escript` prints them.
// Its "own" rows, exit/1, are no signal: `process_exit_test.ts` has them.
// deno-fmt-ignore
const EXITS: [string, boolean, ExitReason, ExitReason | "ignored" | "trapped"][] = [
  // who    traps  reason      what came of it
  ["self",  false, "normal",   "normal"],
  ["self",  false, "shutdown", "shutdown"],
  ["self",  false, "kill",     "killed"],
  ["self",  false, "killed",   "killed"],
  ["self",  false, "noproc",   "noproc"],
  ["self",  false, CUSTOM,     CUSTOM],
  ["self",  true,  "normal",   "trapped"],
  ["self",  true,  "shutdown", "trapped"],
  ["self",  true,  "kill",     "killed"],
  ["self",  true,  "killed",   "trapped"],
  ["self",  true,  "noproc",   "trapped"],
  ["self",  true,  CUSTOM,     "trapped"],
  ["other", false, "normal",   "ignored"],
  ["other", false, "shutdown", "shutdown"],
  ["other", false, "kill",     "killed"],
  ["other", false, "killed",   "killed"],
  ["other", false, "noproc",   "noproc"],
  ["other", false, CUSTOM,     CUSTOM],
  ["other", true,  "normal",   "trapped"],
  ["other", true,  "shutdown", "trapped"],
  ["other", true,  "kill",     "killed"],
  ["other", true,  "killed",   "trapped"],
  ["other", true,  "noproc",   "trapped"],
  ["other", true,  CUSTOM,     "trapped"],
  ["link",  false, "normal",   "ignored"],
  ["link",  false, "shutdown", "shutdown"],
  ["link",  false, "kill",     "kill"],
  ["link",  false, "killed",   "killed"],
  ["link",  false, "noproc",   "noproc"],
  ["link",  false, CUSTOM,     CUSTOM],
  ["link",  true,  "normal",   "trapped"],
  ["link",  true,  "shutdown", "trapped"],
  ["link",  true,  "kill",     "trapped"],
  ["link",  true,  "killed",   "trapped"],
  ["link",  true,  "noproc",   "trapped"],
  ["link",  true,  CUSTOM,     "trapped"],
];

for (const [who, trapsExits, reason, seen] of EXITS) {
  const name = typeof reason === "string" ? reason : "custom";
  Deno.test(`receiveExit() of ${name} from ${who}, trapping: ${trapsExits}`, () => {
    const via = who === "link" ? "link" : "exit";
    const fromSelf = who === "self";
    deepStrictEqual(
      receiveExit({ via, reason, fromSelf, trapsExits }),
      effectOf(seen),
    );
  });
}

function effectOf(seen: ExitReason | "ignored" | "trapped"): ExitEffect {
  if (seen === "ignored") return { type: "ignore" };
  if (seen === "trapped") return { type: "enqueue" };
  return { type: "terminate", reason: seen };
}

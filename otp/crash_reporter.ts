/**
 * Crashes, as lines for people.
 *
 * @module
 */

import type { Observer, RestartInfo } from "./observer.ts";
import type { Pid } from "./pid.ts";
import { type ExitReason, formatReason } from "./reason.ts";

/**
 * An observer that writes about every crash, every restart and every
 * supervisor that gives up. Without it nobody hears of a crash but those who
 * watch the process.
 *
 * @param write Takes one text, of more lines than one when there is a stack.
 *
 * @see OTP `logger`, crash and supervisor reports.
 *
 * @example
 * ```ts
 * import { crashReporter, Runtime } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const lines: string[] = [];
 * const observer = crashReporter((text) => lines.push(text.split("\n")[0]!));
 * const runtime = new Runtime({ observer });
 * const worker = runtime.spawn(() => {
 *   throw new TypeError("no");
 * }, { label: "worker" });
 * await worker.join();
 * strictEqual(lines[0], "worker<0.0.0> crashed: TypeError: no");
 * ```
 */
export function crashReporter(write: (text: string) => void): Observer {
  return {
    exited(pid, reason, label) {
      if (isCrash(reason)) write(`${nameOf(pid, label)} ${describe(reason)}`);
    },
    restarted: (restart) => write(describeRestart(restart)),
  };
}

function isCrash(reason: ExitReason): boolean {
  return typeof reason === "object" && reason.type !== "exit";
}

function nameOf(pid: Pid, label: string | undefined): string {
  return label === undefined ? `${pid}` : `${label}${pid}`;
}

// The first line of a stack says what was thrown once more.
function describe(reason: ExitReason): string {
  const text = formatReason(reason);
  if (typeof reason === "string" || reason.type !== "crashed") return text;
  const frames = reason.stack?.split("\n").filter((line) =>
    /^\s+at /.test(line)
  );
  return [text, ...frames ?? []].join("\n");
}

function describeRestart(restart: RestartInfo): string {
  const { supervisor, child, reason, isGivenUp, waitMs } = restart;
  const why = `${child} of ${supervisor}: ${formatReason(reason)}`;
  if (isGivenUp) return `Gave up on ${why}`;
  if (waitMs === 0) return `Restarting ${why}`;
  return `Restarting in ${Math.round(waitMs)} ms ${why}`;
}

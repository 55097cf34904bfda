/**
 * What processes of scripts end with.
 *
 * @module
 */

import type { ExitReason, LimitExceeded } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import { cut } from "./guest_error.ts";

/**
 * The reason of a script that ends itself by a word. All but `normal` and
 * `shutdown` are its own: the other words of the node say what it has not done.
 */
export function exitReason(word: string): ExitReason {
  if (word === "normal" || word === "shutdown") return word;
  return { type: "exit", payload: cut(word) };
}

/** The reason of a script that went past a limit of its profile. */
export function exceeded(
  limit: "cpu" | "memory",
  { cpuMsMax, memoryBytesMax }: Capability,
): LimitExceeded {
  const message = limit === "cpu"
    ? `Used more than ${cpuMsMax} ms of CPU time without waiting`
    : `Used more than ${memoryBytesMax} bytes of memory`;
  return { type: "limit", limit, message };
}

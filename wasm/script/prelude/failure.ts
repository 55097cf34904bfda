/**
 * How a process reports that it cannot go on.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost, guestFrames } from "./host.ts";
import { inspect } from "./inspect.ts";

/**
 * Tells the host that this process failed with `thrown`, of whatever kind it
 * is. Never throws.
 */
export function failProcess(thrown: unknown): void {
  const { name, message, stack } = describeThrown(thrown);
  callHost(OPS.fail, name, message, stack);
}

/** What was thrown, of whatever kind it is. Never throws. */
export function describeThrown(
  thrown: unknown,
): { name: string; message: string; stack: string } {
  try {
    if (!(thrown instanceof Error)) {
      const message = `Thrown value is no Error: ${inspect(thrown)}`;
      return { name: "Error", message, stack: "" };
    }
    return {
      name: String(thrown.name),
      message: String(thrown.message),
      stack: guestFrames(String(thrown.stack ?? "")),
    };
  } catch {
    // Getters and proxies of the guest ran above, and may throw as well.
    return {
      name: "Error",
      message: "Thrown value cannot be described",
      stack: "",
    };
  }
}

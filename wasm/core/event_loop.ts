/**
 * How a guest that does not wait lets the event loop of its thread have a turn.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Runtime } from "@rusm/otp";

import { LONE_TURNS_MAX } from "./limits.ts";

// Turns of this thread since sockets were polled, while one guest was alone.
let loneTurns = 0;

/**
 * Calls back in a later turn of the event loop, in which messages, timers and
 * signals have come through.
 *
 * So that sockets are polled, a macrotask of the host waits for 2 ms now and
 * then. To a guest that has its thread to itself that is a tenth of its time,
 * and nobody else waits for a socket: it polls them rarely.
 */
export function eventLoopTurn(runtime: Runtime, callback: () => void): void {
  const { host, processCount } = runtime;
  const isAlone = processCount === 1;
  const polls = !isAlone || loneTurns >= LONE_TURNS_MAX;
  loneTurns = polls ? 0 : loneTurns + 1;
  if (!polls) setImmediate(callback);
  else if (isAlone) host.timer(0, callback);
  else host.macrotask(callback);
}

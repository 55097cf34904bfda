/**
 * How functions of guests ask their node.
 *
 * @module
 */

import { Pid } from "@rusm/otp";
import { ComponentError } from "../component/canonical/mod.ts";
import type { HostGuest } from "../component/host.ts";
import { NAME_BYTES_MAX } from "../core/limits.ts";
import { type Answer, type Ask, denialOf } from "../node/ask.ts";
import { nodeOf } from "../node/scheduler_node.ts";
import { traceOf } from "../trace/carried.ts";

/** Asks the node, if `guest` may, and there is one. */
export function ask(guest: HostGuest, ask: Ask): Answer | Promise<Answer> {
  const denial = denialOf(guest.capability, ask);
  if (denial !== undefined) return { error: denial };
  const { runtime, pid } = guest.self;
  return nodeOf(runtime)?.ask(pid, ask, traceOf(guest.self)) ??
    { error: `${ask.type} unavailable: the process runs outside of a node` };
}

/**
 * What was answered.
 *
 * @throws {ComponentError} With the error, as the guest is told it.
 */
export function valueIn(answer: Answer): unknown {
  if ("error" in answer) throw new ComponentError(answer.error);
  return answer.value;
}

/** Asks for a value, for a function to a `result`. */
export function askFor(
  guest: HostGuest,
  asked: Ask,
): unknown | Promise<unknown> {
  const answer = ask(guest, asked);
  return answer instanceof Promise ? answer.then(valueIn) : valueIn(answer);
}

/** Asks for a value, for a function without errors: `fallback` is what somebody without others would see. */
export function askOr<Value>(
  guest: HostGuest,
  asked: Ask,
  fallback: Value,
): Value | Promise<Value> {
  const valueOr = (answer: Answer) =>
    "error" in answer ? fallback : answer.value as Value;
  const answer = ask(guest, asked);
  return answer instanceof Promise ? answer.then(valueOr) : valueOr(answer);
}

/** The process that a guest names. */
export function pidOf<Message = never>(value: bigint): Pid<Message> {
  return Pid.fromBigInt<Message>(value);
}

const encoder = new TextEncoder();

/**
 * Checks a name that a guest gives: it lies on the heap of the scheduler.
 *
 * @throws {RangeError} It is too long.
 */
export function checkName(name: string): string {
  const isLong = name.length > NAME_BYTES_MAX ||
    name.length * 3 > NAME_BYTES_MAX &&
      encoder.encode(name).length > NAME_BYTES_MAX;
  if (!isLong) return name;
  throw new RangeError(
    `Cannot take a name of more than ${NAME_BYTES_MAX} bytes: ${
      name.slice(0, 32)
    }…`,
  );
}

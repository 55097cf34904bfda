/**
 * Messages sent later.
 *
 * @module
 */

import type { Core } from "./core.ts";
import type { SendOptions } from "./envelope.ts";
import type { Pid } from "./pid.ts";
import type { Timer } from "./timer.ts";

/** A message that is to be sent later, or again and again. Letting go of it changes nothing. */
export interface SendTimer {
  /**
   * Stops it.
   *
   * @returns Whether it was in time: false when the last message was sent
   * already, or it was cancelled before.
   *
   * @see Erlang `erlang:cancel_timer/1`.
   */
  cancel(): boolean;

  /** Whether a message is still to be sent. */
  readonly isPending: boolean;
}

/** See {@linkcode Runtime.sendAfter}. */
export function sendAfter(
  { timers, send }: SendTimerCore,
  to: Pid,
  delayMs: number,
  message: unknown,
  options?: SendOptions,
): SendTimer {
  const timer = timers.start(delayMs, () => void send(to, message, options));
  return onceOf(timers, timer);
}

// In a scope of its own, which does not hold on to the message.
function onceOf(timers: SendTimerCore["timers"], timer: Timer): SendTimer {
  return {
    cancel: () => timers.cancel(timer),
    get isPending() {
      return timer.task !== undefined;
    },
  };
}

/** See {@linkcode Runtime.sendEvery}. */
export function sendEvery(
  { timers, send, host }: SendTimerCore,
  to: Pid,
  periodMs: number,
  message: unknown,
  options?: SendOptions,
): SendTimer {
  if (!(periodMs > 0)) {
    throw new RangeError(`Cannot send every ${periodMs} ms`);
  }
  // Counted from the start, so that lateness does not add up.
  let dueMs = host.now() + periodMs;
  let timer: Timer = timers.start(periodMs, tick);
  function tick(): void {
    if (!send(to, message, options)) return;
    // A thread that was busy for several periods catches up with one message.
    while (dueMs <= host.now()) dueMs += periodMs;
    timer = timers.start(dueMs - host.now(), tick);
  }
  return {
    cancel: () => timers.cancel(timer),
    get isPending() {
      return timer.task !== undefined;
    },
  };
}

/** What of a core is needed here. */
interface SendTimerCore extends Pick<Core, "timers" | "host"> {
  readonly send: Core["send"];
}

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
  return new Sending(timers, timer);
}

/** A class, not a literal: V8 makes a map, which only a full collection frees, for each literal with an accessor. */
class Sending implements SendTimer {
  /** The deadline of the next message. */
  timer: Timer;
  readonly #timers: SendTimerCore["timers"];

  constructor(timers: SendTimerCore["timers"], timer: Timer) {
    this.#timers = timers;
    this.timer = timer;
  }

  cancel(): boolean {
    return this.#timers.cancel(this.timer);
  }

  get isPending(): boolean {
    return this.timer.task !== undefined;
  }
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
  const sending = new Sending(timers, timers.start(periodMs, tick));
  function tick(): void {
    if (!send(to, message, options)) return;
    // A thread that was busy for several periods catches up with one message.
    while (dueMs <= host.now()) dueMs += periodMs;
    sending.timer = timers.start(dueMs - host.now(), tick);
  }
  return sending;
}

/** What of a core is needed here. */
interface SendTimerCore extends Pick<Core, "timers" | "host"> {
  readonly send: Core["send"];
}

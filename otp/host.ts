/**
 * The one seam between the core and the machine: clock, timers, entropy and
 * macrotasks come in through a {@linkcode Host}.
 *
 * @module
 */

import { MACROTASKS_PER_POLL } from "./limits.ts";

/** All that the core asks of the machine. */
export interface Host {
  /** Milliseconds since some fixed instant; never goes back. */
  now(): number;

  /** A number from 0 up to, but not including, 1. */
  random(): number;

  /** Calls `task` once, in a later turn of the event loop. Keeps the order of calls. */
  macrotask(task: () => void): void;

  /**
   * Calls `task` once, `delayMs` milliseconds from now or later.
   *
   * @returns A function that stops the timer; harmless after it fired.
   */
  timer(delayMs: number, task: () => void): () => void;
}

/**
 * The host of Deno, Node and browsers.
 *
 * @example
 * ```ts
 * import { Runtime, systemHost } from "@rusm/otp";
 *
 * const runtime = new Runtime({ host: systemHost() });
 * ```
 */
export function systemHost(): Host {
  return {
    now: () => performance.now(),
    random,
    macrotask: pollingMacrotask(nextTurn()),
    timer(delayMs, task) {
      const handle = setTimeout(task, delayMs);
      return () => clearTimeout(handle);
    },
  };
}

function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

// A busy loop of immediates starves the network on Deno: its event loop polls
// sockets only when nothing else is ready. So one macrotask in some waits for a
// timer. (`crypto.subtle` and `Atomics.waitAsync` do not help: the first is done
// within the turn, the second leaves none.) Turns may overtake each other then;
// tasks may not, so every turn takes the oldest task.
function pollingMacrotask(
  next: (turn: () => void) => void,
): (task: () => void) => void {
  let count = 0;
  const tasks: (() => void)[] = [];
  const turn = () => tasks.shift()!();
  return (task) => {
    tasks.push(task);
    if (++count % MACROTASKS_PER_POLL !== 0) return next(turn);
    setTimeout(turn, 0);
  };
}

/** What only Node and Deno have. */
interface Immediates {
  readonly setImmediate?: (task: () => void) => unknown;
}

// `setTimeout(turn, 0)` waits 1 to 4 ms; neither of these does.
function nextTurn(): (turn: () => void) => void {
  const { setImmediate } = globalThis as Immediates;
  return setImmediate ?? channelTurn();
}

function channelTurn(): (turn: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const turns: (() => void)[] = [];
  port1.onmessage = () => turns.shift()!();
  return (turn) => {
    turns.push(turn);
    port2.postMessage(undefined);
  };
}

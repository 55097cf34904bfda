/**
 * The one seam between the core and the machine: clock, timers, entropy and
 * macrotasks come in through a {@linkcode Host}.
 *
 * @module
 */

import { IDLE_MS_MIN, POLL_INTERVAL_MS } from "./limits.ts";
import { Queue } from "./queue.ts";

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
    macrotask: macrotask(),
    timer(delayMs, task) {
      const handle = setTimeout(task, delayMs);
      return () => clearTimeout(handle);
    },
  };
}

function macrotask(): Host["macrotask"] {
  const next = nextTurn();
  const { userAgent } = globalThis.navigator ?? {};
  return userAgent?.startsWith("Deno/") ? pollingMacrotask(next) : next;
}

function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

// A busy loop of immediates starves the network on Deno: its event loop polls
// sockets only when nothing else is ready. So now and then a macrotask waits for
// a timer, which leaves the loop to the sockets for 1 to 3 ms. Something shorter,
// such as a signature on another thread, ends before a round trip has come to
// more than one poll. Turns may overtake each other; tasks may not, so every turn
// takes the oldest task.
function pollingMacrotask(
  next: (turn: () => void) => void,
): (task: () => void) => void {
  let polledMs = performance.now();
  let askedMs = polledMs;
  const tasks = new Queue<() => void>();
  function turn(): void {
    tasks.shift()();
  }
  return (task) => {
    tasks.push(task);
    const nowMs = performance.now();
    // A thread that was idle has polled.
    if (nowMs - askedMs > IDLE_MS_MIN) polledMs = nowMs;
    askedMs = nowMs;
    if (nowMs - polledMs < POLL_INTERVAL_MS) return next(turn);
    polledMs = nowMs;
    setTimeout(turn, 0);
  };
}

/** What only Node and Deno have. */
interface Immediates {
  readonly setImmediate?: (task: () => void) => unknown;
}

// `setTimeout(turn, 0)` waits 1 to 4 ms; neither of these does.
/** Makes a function that calls its argument once, in a later turn. Keeps the order of calls. */
export function nextTurn(): (turn: () => void) => void {
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

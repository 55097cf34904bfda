/**
 * The one seam between the core and the machine: clock, timers, entropy and
 * macrotasks come in through a {@linkcode Host}.
 *
 * @module
 */

import { POLL_INTERVAL_MS } from "./limits.ts";
import { Queue } from "./queue.ts";

const ONE_BYTE = new Uint8Array(1);

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
// another thread. Turns may overtake each other then; tasks may not, so every
// turn takes the oldest task.
function pollingMacrotask(
  next: (turn: () => void) => void,
): (task: () => void) => void {
  let polledMs = performance.now();
  const tasks = new Queue<() => void>();
  function turn(): void {
    tasks.shift()();
  }
  return (task) => {
    tasks.push(task);
    const nowMs = performance.now();
    if (nowMs - polledMs < POLL_INTERVAL_MS) return next(turn);
    polledMs = nowMs;
    poll().then(() => next(turn));
  };
}

let key: Promise<CryptoKey> | undefined;

// Of what is there without an import and leaves the thread, a signature is back
// soonest: in 0.1 ms, where a timer takes 1 to 4. A digest does not leave it.
async function poll(): Promise<void> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  key ??= crypto.subtle.importKey("raw", ONE_BYTE, hmac, false, ["sign"]);
  await crypto.subtle.sign("HMAC", await key, ONE_BYTE);
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

/**
 * Every bound of this member, with its unit, in one place.
 *
 * @module
 */

/** Nodes that one cluster can number. */
export const NODES_MAX: number = 2 ** 10;

/** Schedulers that one node can number, the main thread included. */
export const SCHEDULERS_MAX: number = 2 ** 8;

/** Processes that one scheduler can number before it is out of pids: two years of a million spawns a second. */
export const SERIALS_MAX: number = 2 ** 46;

/**
 * Reductions that processes may spend before the scheduler lets the event loop
 * run: a receive, a wake-up and a start cost one each.
 */
export const REDUCTIONS_PER_SLICE = 4_000;

/**
 * Macrotasks after which one waits for a timer, so that sockets are polled. On
 * Deno 2.9 a thread that is busy with messages then answers 3,400 round trips a
 * second, and pays 6 to 10 % of its messages; 36 without.
 */
export const MACROTASKS_PER_POLL = 64;

/** The longest delay of a timer, in milliseconds: what a 32-bit timer can hold, 24.8 days. */
export const TIMER_DELAY_MS_MAX: number = 2 ** 31 - 1;

/** Tasks that one run of a simulation may take before it counts as endless. */
export const SIM_STEPS_MAX = 100_000;

/** Milliseconds that a call waits for its reply when it is not told otherwise; as in OTP. */
export const CALL_TIMEOUT_MS = 5_000;

/** Milliseconds that a task has for its result when it is not told otherwise; as in Elixir. */
export const TASK_TIMEOUT_MS = 5_000;

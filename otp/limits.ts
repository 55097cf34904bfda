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
 * Milliseconds of macrotasks after which one waits for a timer, so that sockets
 * are polled. On Deno 2.9 a loopback connection of a thread that is busy then
 * keeps 0.04 of its round trips, and the thread 0.9 of its time.
 */
export const POLL_INTERVAL_MS = 20;

/** Milliseconds without a macrotask after which a thread counts as idle. */
export const IDLE_MS_MIN = 100;

/** The longest delay of a timer, in milliseconds: what a 32-bit timer can hold, 24.8 days. */
export const TIMER_DELAY_MS_MAX: number = 2 ** 31 - 1;

/** Tasks that one run of a simulation may take before it counts as endless. */
export const SIM_STEPS_MAX = 100_000;

/** Milliseconds that a call waits for its reply when it is not told otherwise; as in OTP. */
export const CALL_TIMEOUT_MS = 5_000;

/** Milliseconds that a task has for its result when it is not told otherwise; as in Elixir. */
export const TASK_TIMEOUT_MS = 5_000;

/** Simulations that `simulate` runs when it is not told otherwise. */
export const SIM_RUNS = 100;

/** Milliseconds that a simulated signal travels, at least and at most, when not told otherwise. */
export const SIM_LATENCY_MS_MIN = 0;
/** See {@linkcode SIM_LATENCY_MS_MIN}. */
export const SIM_LATENCY_MS_MAX = 10;

/** Milliseconds until a lost connection is noticed, at least and at most, when not told otherwise. */
export const SIM_DETECT_MS_MIN = 50;
/** See {@linkcode SIM_DETECT_MS_MIN}. */
export const SIM_DETECT_MS_MAX = 200;

/** Chunks that a stream holds for its reader when it is not told otherwise; as in RUSM. */
export const STREAM_CHUNKS_MAX = 16;

/** Connections that a listener has at a time when it is not told otherwise. */
export const LISTEN_CONNECTIONS_MAX = 10_000;

/** Milliseconds that connections have to end when it is not told otherwise; as for the child of a supervisor. */
export const LISTEN_SHUTDOWN_MS = 5_000;

/** Failures in a row that a listener bears when it is not told otherwise: 9 seconds of them. */
export const LISTEN_FAILURES_MAX = 15;

/** Milliseconds before a listener accepts again, after its first failure in a row. */
export const LISTEN_BACKOFF_MS = 10;

/** Milliseconds before it accepts again at the most, however many failures there were. */
export const LISTEN_BACKOFF_MS_MAX = 1_000;

/** Milliseconds that processes have to end when it is not told otherwise. */
export const SHUTDOWN_DEADLINE_MS = 10_000;

/** Milliseconds until it looks again for processes that were spawned meanwhile. */
export const SHUTDOWN_PAUSE_MS = 1;

/** Times that it kills what was spawned while it killed. */
export const SHUTDOWN_KILLS_MAX = 10;

/**
 * The clock, and the CPU time of this thread, as a test has them.
 *
 * @module
 */

import process from "node:process";

/** Lets `ms` pass, of which the thread runs for `cpuMs`; all of it when absent. */
export type Pass = (ms: number, cpuMs?: number) => void;

/** Runs `test` with times that only the test moves. */
export function withTimes(test: (pass: Pass) => void): void {
  const realNow = performance.now;
  const realUsage = process.threadCpuUsage;
  let [nowMs, threadMs] = [1_000, 500];
  performance.now = () => nowMs;
  process.threadCpuUsage = () => ({ user: threadMs * 1_000, system: 0 });
  try {
    test((ms, cpuMs = ms) => {
      nowMs += ms;
      threadMs += cpuMs;
    });
  } finally {
    performance.now = realNow;
    process.threadCpuUsage = realUsage;
  }
}

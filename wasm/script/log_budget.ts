/**
 * How much a process may log.
 *
 * @module
 */

import type { Log } from "../core/stdio.ts";
import { LOG_BYTES_MAX, LOG_ENTRY_BYTES } from "../limits.ts";

/** The log of one process: at most `LOG_BYTES_MAX` between two waits. */
export class LogBudget {
  readonly #log: Log;
  #loggedBytes = 0;

  /** Nothing was logged yet. */
  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs an entry. What is too much is dropped, and said once. */
  write(level: number, line: string): undefined {
    const before = this.#loggedBytes;
    this.#loggedBytes += line.length + LOG_ENTRY_BYTES;
    if (this.#loggedBytes <= LOG_BYTES_MAX) this.#log(level, line);
    else if (before <= LOG_BYTES_MAX) {
      this.#log(1, `… cut: more than ${LOG_BYTES_MAX} bytes of log`);
    }
  }

  /** The process waits: it has the whole allowance again. */
  renew(): void {
    this.#loggedBytes = 0;
  }
}

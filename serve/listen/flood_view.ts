/**
 * Memory and sockets as Linux shows them.
 *
 * @module
 */

import { FLOOD_HOLD_MS } from "../limits.ts";

/** What is seen of the machine. */
export interface FloodView {
  /** Memory that the program takes, in bytes. */
  residentBytes(): number;
  /**
   * The table of all TCP sockets, in the form of Linux. Must not let the event
   * loop turn: what comes meanwhile stays in the sockets, where it is seen.
   *
   * @throws When there is none, or it may not be read.
   */
  readTable(): string;
}

/** The machine that this runs on. */
export const LINUX: FloodView = {
  residentBytes: () => Deno.memoryUsage().rss,
  readTable() {
    // Of a client that sends now and then, the socket is empty most of the time
    // while somebody reads it. This thread is who does.
    Atomics.wait(NEVER, 0, 0, FLOOD_HOLD_MS);
    return Deno.readTextFileSync("/proc/self/net/tcp") +
      readIfThere("/proc/self/net/tcp6");
  },
};

/** Nobody writes to it. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

// There is none without IPv6.
function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/**
 * `Process`: this process and its mailbox.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { dataBytes, decodeText } from "./encoding.ts";
import { callHost } from "./host.ts";

/** What a process can do with its mailbox. Waiting blocks the whole process. */
export const Process = {
  /** The pid of this process. */
  self(): bigint {
    return BigInt(callHost(OPS.self) as string);
  },

  /**
   * Sends a copy of `message`, text as UTF-8.
   *
   * @returns Whether there is such a process.
   * @throws {TypeError} `message` is neither text nor bytes.
   * @throws {RangeError} `pid` is no whole number from 0.
   */
  send(pid: bigint | number | string, message: unknown): boolean {
    const number = BigInt(pid);
    if (number < 0n) {
      throw new RangeError(`Cannot send to a negative pid: ${number}`);
    }
    return callHost(OPS.send, `${number}`, dataBytes(message)) === 1;
  },

  /**
   * Takes the next message.
   *
   * @param ms How long to wait, in milliseconds; for ever if there is none.
   * @returns Null if no message came in time.
   * @throws {RangeError} `ms` is negative or not a number.
   */
  receive(ms?: number): Uint8Array | null {
    return callHost(OPS.receive, checkWait(ms)) as Uint8Array | null;
  },

  /** Takes the next message, which is UTF-8. As `receive` otherwise. */
  receiveText(ms?: number): string | null {
    const message = Process.receive(ms);
    return message === null ? null : decodeText(message);
  },
};

function checkWait(ms: number | undefined): number {
  if (ms === undefined || ms === Infinity) return -1;
  if (ms >= 0) return Number(ms);
  throw new RangeError(`Cannot wait for a negative time: ${ms}`);
}

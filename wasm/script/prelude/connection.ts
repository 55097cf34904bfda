/**
 * The connection that a process was spawned for.
 *
 * @module
 */

import { type ConnectionHead, OPS } from "../ops.ts";
import { dataBytes } from "./encoding.ts";
import { callHost } from "./host.ts";

/** What the client asked for; null when the process was spawned for no connection. */
export function connection(): ConnectionHead | null {
  const head = callHost(OPS.connection);
  return head === null ? null : JSON.parse(head as string);
}

/** Whether the message received last is a text frame of the client. */
export function receivedText(): boolean {
  return callHost(OPS.wsReceivedText) === 1;
}

/** Sends a text frame. False when the client is gone, or takes none. Blocks while it is behind. */
export function sendText(text: string): boolean {
  return callHost(OPS.wsSendText, dataBytes(`${text}`)) === 1;
}

/** Sends a binary frame. As `sendText` otherwise. */
export function sendBytes(bytes: unknown): boolean {
  return callHost(OPS.wsSendBytes, dataBytes(bytes)) === 1;
}

/** Sends a close frame, and closes. A connection that takes none is left as it is. */
export function wsClose(code = 1000, reason = ""): void {
  callHost(OPS.wsClose, Number(code), `${reason}`);
}

/**
 * Sends an event of an event stream. False when the client is gone, or takes
 * none. Blocks while it is behind.
 *
 * @param retry How long the client waits before it connects again, in milliseconds.
 */
export function sseSend(
  data: string,
  event?: string | null,
  id?: string | null,
  retry?: number | null,
): boolean {
  return callHost(
    OPS.sseSend,
    `${data}`,
    textOrNull(event),
    textOrNull(id),
    retry === undefined || retry === null ? null : Number(retry),
  ) === 1;
}

function textOrNull(value: string | null | undefined): string | null {
  return value === undefined || value === null ? null : `${value}`;
}

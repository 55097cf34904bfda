/**
 * Events, as an event stream has them.
 *
 * @module
 */

import type { ServerEvent } from "@rusm/wasm";

/** What is written when there is nothing to say, so that nobody takes the stream for dead. */
export const HEARTBEAT = ": ping\n\n";

/**
 * An event in text: the fields `id`, `event`, `retry` and `data`, in this order,
 * and a blank line. Each line of the data is a field, also one that is empty.
 *
 * What would end a field early is left out of `id` and `event`, and a `retry`
 * that is no whole number of milliseconds is left out as a whole.
 *
 * @see HTML, section 9.2.6, "Interpreting an event stream".
 */
export function formatEvent(event: ServerEvent): string {
  const { id, event: type, retry, data } = event;
  const head = field("id", id) + field("event", type);
  const isTime = retry !== undefined && Number.isSafeInteger(retry) &&
    retry >= 0;
  return `${head}${isTime ? `retry: ${retry}\n` : ""}${formatData(data)}`;
}

function field(name: string, value: string | undefined): string {
  if (value === undefined) return "";
  return `${name}: ${value.replaceAll(/[\r\n]/g, "")}\n`;
}

/** An event without a type, in text. */
export function formatData(data: string): string {
  // Most have one line, and it is quicker to see than to replace.
  if (!/[\r\n]/.test(data)) return `data: ${data}\n\n`;
  return `data: ${data.replaceAll(/\r\n|\r|\n/g, "\ndata: ")}\n\n`;
}

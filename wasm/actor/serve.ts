/**
 * `rusm:runtime/serve`: the connection that a process was spawned for.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../component/host.ts";
import type { FrameAsk } from "../node/ask.ts";
import { askOr } from "./asking.ts";

/** The interface, as `wit/serve.wit` has it. */
export const SERVE: HostInterface = {
  name: "rusm:runtime/serve@0.1.0",
  wit: `
    record connection-info {
        method: string,
        path: string,
        query: string,
        params: list<tuple<string, string>>,
        headers: list<tuple<string, string>>,
        remote-addr: string,
        subprotocol: option<string>,
    }
    connection: func() -> option<connection-info>;
    ws-received-text: func() -> bool;
    ws-send-text: func(data: list<u8>) -> bool;
    ws-close: func(code: u16, reason: string);
    sse-send: func(
        data: string,
        event: option<string>,
        id: option<string>,
        retry: option<u32>,
    ) -> bool;
  `,
  functions: {
    connection: (guest) => guest.command.connection,
    "ws-received-text": (guest) => guest.isTextLast ?? false,
  },
  suspending: {
    "ws-send-text": (guest, text: Uint8Array) =>
      sendFrame(guest, { type: "frame", text }),
    "ws-close": close,
    "sse-send": sendEvent,
  },
};

/** Sends a frame to the client of the guest's connection. False when there is none. */
export function sendFrame(
  guest: HostGuest,
  frame: FrameAsk,
): boolean | Promise<boolean> {
  if (guest.command.connection === undefined) return false;
  return askOr(guest, frame, false);
}

async function close(
  guest: HostGuest,
  code: number,
  reason: string,
): Promise<void> {
  await sendFrame(guest, { type: "frame", code, reason });
}

function sendEvent(
  guest: HostGuest,
  data: string,
  ...[event, id, retry]: readonly [
    string | undefined,
    string | undefined,
    number | undefined,
  ]
): boolean | Promise<boolean> {
  const whole = {
    data,
    event: event?.replaceAll(/[\r\n]/g, ""),
    id: id?.replaceAll(/[\r\n]/g, ""),
    retry,
  };
  return sendFrame(guest, { type: "frame", event: whole });
}

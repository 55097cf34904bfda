/**
 * A scheduler that runs nothing and has a large message to send. By a channel it
 * is told to take a record, or to send as much as finds room, and says when it
 * has.
 *
 * @module
 */

import { Pid } from "@rusm/otp";
import { FrameWriter } from "../ring/frame.ts";
import { Inbox } from "../ring/inbox.ts";
import { Outbox } from "../ring/outbox.ts";
import type { Wiring } from "../wire.ts";

const BYTES = 16 * 1024 * 1024;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Wiring>) => void;
};
scope.onmessage = ({ data: { fromMain, toMain, mainBell } }) => {
  const frames = new FrameWriter();
  const inbox = new Inbox(fromMain, mainBell, () => {});
  const outbox = new Outbox(toMain, mainBell, () => {});
  const steps = new BroadcastChannel("rusm slow scheduler");
  steps.onmessage = ({ data }) =>
    when(
      () => data === "take" ? inbox.hasMore : outbox.canFlush,
      () => {
        if (data === "take") takeOne(inbox);
        else outbox.flush();
        steps.postMessage("done");
      },
    );
  outbox.send(frames.note({ type: "ready" }), false);
  const message = new Uint8Array(BYTES);
  outbox.send(frames.bytes(new Pid(0, 0, 7), message, 0, BYTES), false);
};

function takeOne(inbox: Inbox): void {
  inbox.aim();
  inbox.drain(1);
}

// The main thread has turns of its own.
function when(isSo: () => boolean, then: () => void): void {
  if (isSo()) then();
  else setImmediate(() => when(isSo, then));
}

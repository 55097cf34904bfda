/**
 * The entry of the Workers that post batches to each other.
 *
 * @module
 */

import { MESSAGE_BYTES, STREAM_BATCH, STREAM_WINDOW } from "./counts.ts";

/** What a Worker is told first. */
export interface Side {
  /** Which side it is. */
  readonly side: "source" | "drain";
  /** The way to the other. */
  readonly port: MessagePort;
}

interface Scope {
  onmessage: ((event: MessageEvent<Side | number>) => void) | null;
  postMessage(done: true): void;
}

const ACKNOWLEDGED = 0;

const scope = self as unknown as Scope;

/** Sends as many batches as it is told, a few of them ahead of their acknowledgements. */
function send(port: MessagePort): void {
  const message = new Uint8Array(MESSAGE_BYTES).fill(1);
  let left = 0;
  const sendOne = () => {
    if (left-- > 0) port.postMessage(batchOf(message));
  };
  port.onmessage = ({ data }: MessageEvent<typeof ACKNOWLEDGED | number>) => {
    if (data === ACKNOWLEDGED) return sendOne();
    left = data;
    for (let ahead = STREAM_WINDOW; ahead > 0; ahead--) sendOne();
  };
}

// Each message is a copy of its own, as guests send them.
function batchOf(message: Uint8Array): Uint8Array[] {
  return Array.from({ length: STREAM_BATCH }, () => message.slice());
}

/** Asks for batches, looks at each message, and acknowledges them. */
function take(port: MessagePort): void {
  let left = 0;
  port.onmessage = ({ data }: MessageEvent<Uint8Array[]>) => {
    for (const message of data) left -= message[0]!;
    port.postMessage(ACKNOWLEDGED);
    if (left === 0) scope.postMessage(true);
  };
  scope.onmessage = ({ data: batches }) => {
    left = batches as number * STREAM_BATCH;
    port.postMessage(batches);
  };
}

scope.onmessage = ({ data }) => {
  const { side, port } = data as Side;
  (side === "source" ? send : take)(port);
};

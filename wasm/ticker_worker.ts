/**
 * The entry of the ticker's Worker.
 *
 * @module
 */

import { Epoch } from "./epoch.ts";

/** What the {@linkcode Ticker} sends. */
interface Start {
  readonly memory: WebAssembly.Memory;
  readonly periodMs: number;
  /** 1 when it is to end. */
  readonly isClosed: Int32Array<SharedArrayBuffer>;
}

interface Scope {
  onmessage: ((event: MessageEvent<Start>) => void) | null;
}

(self as unknown as Scope).onmessage = ({ data }) => {
  const { memory, periodMs, isClosed } = data;
  const epoch = new Epoch(memory, periodMs);
  // Sleeps without an event loop, which would cost a wake-up more.
  while (Atomics.wait(isClosed, 0, 0, periodMs) === "timed-out") epoch.tick();
};

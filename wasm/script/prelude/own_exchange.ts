/**
 * The exchange of this process.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { decodeText, encodeText } from "./encoding.ts";
import { Exchange } from "./exchange.ts";
import { describeThrown } from "./failure.ts";
import { callHost } from "./host.ts";
import { cancelMail, listen, stash, unstash } from "./mail.ts";
import type { Accepting, Port, ReadEnd, WriteEnd } from "./port.ts";
import { openStreamAsync, startAccepting, type Stream } from "./stream.ts";
import { clearTimeout, setTimeout } from "./timers.ts";

// Of the process, not of the image: while that is baked there is none.
let self: string | undefined;

/** This process. */
export const port: Port = {
  self: () => self ??= callHost(OPS.self) as string,
  send: (to, text) => callHost(OPS.send, to, text) === 1,
  text: (message) =>
    typeof message === "string" ? message : decodeText(message),
  bytes: (message) =>
    typeof message === "string" ? encodeText(message) : message,
  listen,
  cancel: cancelMail,
  poll: () => callHost(OPS.receive, 0) as Uint8Array | null,
  stash,
  unstash,
  monitor: (pid) => (callHost(OPS.monitor, pid) as number | null) ?? undefined,
  demonitor: (ref) => void callHost(OPS.demonitor, ref, 1),
  open: async (to) => writeEndOf(await openStreamAsync(to)),
  accept,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  messageOf: (thrown) => describeThrown(thrown).message,
  warn: (text) => void callHost(OPS.log, LEVEL_WARN, text),
};

/** The calls and the mail of this process. */
export const exchange: Exchange = new Exchange(port);

const LEVEL_WARN = 1;

function accept(from: string): Accepting {
  const { stream, cancel } = startAccepting(from);
  return { stream: stream.then(readEndOf), cancel };
}

function readEndOf(stream: Stream | null): ReadEnd | null {
  if (stream === null) return null;
  return {
    read: () => stream.readAsync(),
    get isBroken() {
      return stream.broken;
    },
    close: () => stream.close(),
  };
}

function writeEndOf(stream: Stream | null): WriteEnd | undefined {
  if (stream === null) return undefined;
  return {
    write: (text) => stream.writeAsync(text),
    close: () => stream.close(),
  };
}

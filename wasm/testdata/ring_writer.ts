/**
 * A thread that writes records into a ring until it is terminated. Record n is
 * tagged n, and holds n in each of its words: a torn one shows.
 *
 * @module
 */

import { RingWriter } from "../ring/ring.ts";

const RECORDS_PER_TURN = 64;

globalThis.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<SharedArrayBuffer>;
  write(new RingWriter(data), 0);
});

// In turns: a thread that never ends its turn cannot be terminated.
function write(writer: RingWriter, from: number): void {
  let index = from;
  while (index < from + RECORDS_PER_TURN && writeOne(writer, index)) index++;
  setImmediate(() => write(writer, index));
}

function writeOne(writer: RingWriter, index: number): boolean {
  const length = 4 * (index * 7 % 60);
  const at = writer.reserve(length);
  if (at < 0) return false;
  writer.words.fill(index, at >> 2, (at + length) >> 2);
  writer.commit(length, index, false);
  writer.publish();
  return true;
}

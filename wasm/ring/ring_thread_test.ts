import { ok, strictEqual } from "node:assert";

import { createRing, RingReader } from "./ring.ts";

const RING_BYTES = 16_384;
const CHUNK_BYTES = 4_096;

function startWriter(ring: SharedArrayBuffer): Worker {
  const url = new URL("../testdata/ring_writer.ts", import.meta.url);
  const worker = new Worker(url, {
    type: "module",
    deno: { permissions: "none" },
  });
  worker.postMessage(ring);
  return worker;
}

/** Reads what is there, and insists that it is whole. Returns the number of the next. */
function readAll(reader: RingReader, first: number): number {
  let index = first;
  const head = reader.head();
  for (; reader.next(head); index++) {
    strictEqual(reader.tag, index);
    const length = 4 * (index * 7 % 60);
    strictEqual(reader.end - reader.start, length);
    const words = new Int32Array(reader.bytes.buffer, reader.start, length / 4);
    ok(words.every((word) => word === index), `record ${index} is torn`);
  }
  reader.release();
  return index;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("a ring gives what another thread writes, whole and in order", async () => {
  const ring = createRing(RING_BYTES);
  const reader = new RingReader(ring, CHUNK_BYTES);
  const worker = startWriter(ring);
  for (let index = 0; index < 10_000;) {
    index = readAll(reader, index);
    await turn();
  }
  worker.terminate();
});

// Wherever it dies, what it had not committed is not seen.
Deno.test("a ring whose writer is terminated holds whole records, and no more", async () => {
  for (let round = 1; round <= 4; round++) {
    const ring = createRing(RING_BYTES);
    const reader = new RingReader(ring, CHUNK_BYTES);
    const worker = startWriter(ring);
    let index = 0;
    while (index < round * 777) {
      index = readAll(reader, index);
      await turn();
    }
    worker.terminate();
    // What it wrote until it stopped.
    for (let quiet = 0; quiet < 20; quiet++) {
      const before = index;
      index = readAll(reader, index);
      if (index !== before) quiet = 0;
      await turn();
    }
    strictEqual(reader.next(reader.head()), false);
  }
});

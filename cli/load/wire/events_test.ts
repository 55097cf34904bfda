import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { EventScanner } from "./events.ts";

/** Shape: events, the last id, the retry. */
type Seen = readonly [number, string, number | undefined];

function scan(text: string, pieceBytes = Infinity): Seen {
  let events = 0;
  const scanner = new EventScanner(() => void (events += 1));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    scanner.take(bytes.subarray(at, at + pieceBytes));
  }
  return [events, scanner.lastId, scanner.retryMs];
}

const LONG = "x".repeat(5_000);

const STREAMS: readonly (readonly [string, Seen])[] = [
  ["", [0, "", undefined]],
  ["data: a\n\n", [1, "", undefined]],
  ["data: a\n", [0, "", undefined]],
  ["data: a\ndata: b\n\ndata:c\n\n", [2, "", undefined]],
  ["data\n\n", [1, "", undefined]],
  ["data: a\r\n\r\ndata: b\r\n\r\n", [2, "", undefined]],
  ["data: a\r\rdata: b\r\r", [2, "", undefined]],
  ["data: a\n\r\ndata: b\r\n\n", [2, "", undefined]],
  [": comment\n\n:\n\n\n\n", [0, "", undefined]],
  ["event: x\n\n", [0, "", undefined]],
  ["database: x\n\n", [0, "", undefined]],
  [" data: x\n\n", [0, "", undefined]],
  ["id: 7\ndata: a\n\n", [1, "7", undefined]],
  ["id: 7\ndata: a\n\nid: 8\ndata: b\n", [1, "7", undefined]],
  ["id: 7\n\nid\ndata: a\n\n", [1, "", undefined]],
  ["id:  7 \n\n", [0, " 7 ", undefined]],
  ["id: 7\0\ndata: a\n\n", [1, "", undefined]],
  ["retry: 250\n\n", [0, "", 250]],
  ["retry: 2x\n\nretry: -1\n\nretry:\n\n", [0, "", undefined]],
  [`data: ${LONG}\n\ndata: ${LONG}\n\n`, [2, "", undefined]],
];

for (const [text, seen] of STREAMS) {
  const start = JSON.stringify(text.slice(0, 40));
  Deno.test(`EventScanner finds ${seen[0]} events in ${start}`, () => {
    deepStrictEqual(scan(text), seen);
  });
}

Deno.test("EventScanner finds the same however a stream is cut", () => {
  const stream = fc.array(fc.constantFrom(...STREAMS), { maxLength: 4 });
  fc.assert(fc.property(stream, fc.integer({ min: 1, max: 9 }), (rows, cut) => {
    const text = rows.map(([text]) => text).join("");
    deepStrictEqual(scan(text, cut), scan(text));
  }));
});

Deno.test("EventScanner counts events with a line of any length", () => {
  strictEqual(scan(`data: ${LONG}\n\n`, 100)[0], 1);
});

import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import fc from "fast-check";
import { sourceOf } from "../testdata/source.ts";
import { type Arrival, clientFrame, nextArrival, OPCODE } from "./frames.ts";
import { Reader } from "./reader.ts";

/** What a server makes of a frame of a client: opcode and payload. */
function unmask(frame: Uint8Array): readonly [number, Uint8Array] {
  const short = frame[1]! & 0x7f;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  const mask = frame.subarray(at, at + 4);
  const payload = frame.slice(at + 4)
    .map((byte, index) => byte ^ mask[index & 3]!);
  return [frame[0]!, payload];
}

for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
  Deno.test(`clientFrame() masks a payload of ${length} bytes`, () => {
    const payload = new Uint8Array(length).fill(7);
    const frame = clientFrame(OPCODE.text, payload);
    deepStrictEqual(unmask(frame), [0x81, payload]);
    strictEqual(frame[1]! & 0x80, 0x80);
    const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    strictEqual(frame.length, 6 + lengthBytes + length);
  });
}

function serverFrame(first: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = length < 126
    ? [first, length]
    : length < 65_536
    ? [first, 126, length >> 8, length & 255]
    : [
      first,
      127,
      0,
      0,
      0,
      0,
      0,
      length >> 16,
      length >> 8 & 255,
      length & 255,
    ];
  return Uint8Array.from([...head, ...payload]);
}

async function arrivals(bytes: Uint8Array, cut?: number): Promise<Arrival[]> {
  const reader = new Reader(sourceOf(bytes, cut));
  const seen: Arrival[] = [];
  while (reader.waitingBytes > 0 || await reader.more()) {
    seen.push(await nextArrival(reader));
  }
  return seen;
}

const EMPTY = new Uint8Array();
const PAYLOAD = Uint8Array.of(3, 232, 1, 2);
const MESSAGE = { type: "message" };

const FRAMES: readonly (readonly [string, Uint8Array[], unknown[]])[] = [
  ["a text", [serverFrame(0x81, PAYLOAD)], [MESSAGE]],
  ["bytes", [serverFrame(0x82, EMPTY)], [MESSAGE]],
  ["more bytes", [serverFrame(0x82, new Uint8Array(300))], [MESSAGE]],
  ["many bytes", [serverFrame(0x82, new Uint8Array(70_000))], [MESSAGE]],
  [
    "a message in two parts with a ping between them",
    [
      serverFrame(0x01, PAYLOAD),
      serverFrame(0x89, PAYLOAD),
      serverFrame(0x80, PAYLOAD),
    ],
    [{ type: "ping", payload: PAYLOAD }, MESSAGE],
  ],
  [
    "a pong before a message",
    [serverFrame(0x8a, PAYLOAD), serverFrame(0x81, EMPTY)],
    [MESSAGE],
  ],
  ["a close", [serverFrame(0x88, PAYLOAD)], [{ type: "close", code: 1000 }]],
  [
    "a close without a reason",
    [serverFrame(0x88, EMPTY)],
    [{ type: "close", code: 1005 }],
  ],
];

for (const [what, frames, expected] of FRAMES) {
  Deno.test(`nextArrival() reads ${what}, however it is cut`, async () => {
    const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    deepStrictEqual(await arrivals(bytes), expected);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 900 }), async (cut) => {
        deepStrictEqual(await arrivals(bytes, cut), expected);
      }),
      { numRuns: 10 },
    );
  });
}

const BAD = [
  ["a reserved bit", [0xc1, 0]],
  ["a mask", [0x81, 0x80, 0, 0, 0, 0]],
  ["an unknown opcode", [0x83, 0]],
  ["a ping in parts", [0x09, 0]],
  ["a long ping", [0x89, 126, 0, 200]],
  ["a length beyond what can be", [0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0]],
  ["half a head", [0x81]],
  ["half a payload", [0x81, 5, 1]],
] as const;

for (const [what, bytes] of BAD) {
  Deno.test(`nextArrival() throws when there is ${what}`, async () => {
    const reader = new Reader(sourceOf(Uint8Array.from(bytes)));
    await rejects(nextArrival(reader), { name: "ProtocolError" });
  });
}

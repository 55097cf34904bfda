import { deepStrictEqual, strictEqual } from "node:assert";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { closing, concat, frame, OPCODE, RawWebSocket } from "./frames.ts";
import { withSockets } from "./sockets.ts";

// RFC 6455 as the catalogue of Autobahn goes through it: what is sent on a
// socket, and what comes back until the connection ends.

const { continuation, text, binary, close, ping, pong } = OPCODE;
const BYE = frame(close, closing(1000));
const START = { isLast: false };
const encoder = new TextEncoder();

/** What, what is sent, and what comes. */
type Case = readonly [string, readonly Uint8Array[], readonly string[]];

function repeated(count: number): string {
  return "x".repeat(count);
}
const ECHO_OF_BYE = ["close 1000", "end"];
const BAD = ["close 1002", "end"];
const NOT_UTF8 = ["close 1007", "end"];

// deno-fmt-ignore
const FRAMING: readonly Case[] = [
  // 1: framing
  ["an empty text", [frame(text), BYE], ["text", ...ECHO_OF_BYE]],
  ...[125, 126, 127, 128, 65_535, 65_536].flatMap((count): Case[] => [
    [`a text of ${count} bytes`, [frame(text, repeated(count)), BYE], [`text ${repeated(count)}`, ...ECHO_OF_BYE]],
    [`a binary of ${count} bytes`, [frame(binary, repeated(count)), BYE], [`binary ${repeated(count)}`, ...ECHO_OF_BYE]],
  ]),
  ["an empty binary", [frame(binary), BYE], ["binary", ...ECHO_OF_BYE]],
  // 2: pings and pongs
  ["a ping", [frame(ping), BYE], ["pong", ...ECHO_OF_BYE]],
  ["a ping with 125 bytes", [frame(ping, repeated(125)), BYE], [`pong ${repeated(125)}`, ...ECHO_OF_BYE]],
  ["a ping with 126 bytes", [frame(ping, repeated(126))], BAD],
  ["a pong that nobody asked for", [frame(pong, "p"), BYE], ECHO_OF_BYE],
  ["pings", [1, 2, 3].map((n) => frame(ping, `${n}`)).concat(BYE), ["pong 1", "pong 2", "pong 3", ...ECHO_OF_BYE]],
  ["a ping in pieces", [frame(ping, "p", START)], BAD],
  // 3: reserved bits
  ...[1, 2, 3, 4, 5, 6, 7].map((reserved): Case => [`reserved bits ${reserved}`, [frame(text, "x", { reserved })], BAD]),
  ["reserved bits of a ping", [frame(ping, "", { reserved: 4 })], BAD],
  ["reserved bits of a close", [frame(close, "", { reserved: 4 })], BAD],
  // 4: opcodes
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): Case => [`opcode ${opcode}`, [frame(opcode)], BAD]),
  // 5: fragmentation
  ["a text in pieces", [frame(text, "a", START), frame(continuation, "b", START), frame(continuation, "c"), BYE], ["text abc", ...ECHO_OF_BYE]],
  ["empty pieces", [frame(text, "", START), frame(continuation, "", START), frame(continuation), BYE], ["text", ...ECHO_OF_BYE]],
  ["a ping between pieces", [frame(binary, "a", START), frame(ping, "p"), frame(continuation, "b"), BYE], ["pong p", "binary ab", ...ECHO_OF_BYE]],
  ["a continuation of nothing", [frame(continuation, "x")], BAD],
  ["the start of a continuation of nothing", [frame(continuation, "x", START)], BAD],
  ["a text in a text", [frame(text, "a", START), frame(text, "b")], BAD],
  ["a binary in a text", [frame(text, "a", START), frame(binary, "b", START)], BAD],
  ["a continuation behind the last", [frame(text, "a", START), frame(continuation, "b"), frame(continuation, "c")], BAD],
  // Masks and lengths, RFC 6455, sections 5.1 and 5.2
  ["a frame without a mask", [frame(text, "x", { isMasked: false })], BAD],
  ["a length with its highest bit", [frame(text, "", { length: 1n << 63n })], ["close 1009", "end"]],
  ["a length of 2^53", [frame(binary, "", { length: 1n << 53n })], ["close 1009", "end"]],
  ["a length that is too long", [frame(binary, "", { length: 1_048_577n })], ["close 1009", "end"]],
  ["pieces that are too long", [frame(binary, repeated(1_048_576), START), frame(continuation, "x")], ["close 1009", "end"]],
  ["a close of 126 bytes", [frame(close, closing(1000, repeated(124)))], BAD],
];

const HELLO = "Hellö-µ@ßöäüàá";

// deno-fmt-ignore
const UTF8: readonly Case[] = [
  ["text of several scripts", [frame(text, HELLO), BYE], [`text ${HELLO}`, ...ECHO_OF_BYE]],
  ["a character in two pieces", [frame(text, Uint8Array.of(0xc3), START), frame(continuation, Uint8Array.of(0xa4)), BYE], ["text ä", ...ECHO_OF_BYE]],
  ["the largest code point", [frame(text, "\u{10ffff}"), BYE], ["text \u{10ffff}", ...ECHO_OF_BYE]],
  ["a noncharacter", [frame(text, "\uffff\ufffe"), BYE], ["text \uffff\ufffe", ...ECHO_OF_BYE]],
  ...([
    ["a lone continuation", [0x80]], ["a cut character", [0xc3]], ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong nothing", [0xe0, 0x80, 0x80]], ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a code point too large", [0xf4, 0x90, 0x80, 0x80]], ["byte FE", [0xfe]], ["byte FF", [0xff]],
  ] as const).map(([what, bytes]): Case => [what, [frame(text, Uint8Array.from(bytes))], NOT_UTF8]),
  ["wrong text in the second piece", [frame(text, "a", START), frame(continuation, Uint8Array.of(0xff))], NOT_UTF8],
  ["the same as binary", [frame(binary, Uint8Array.of(0x41, 0xc2, 0xa2)), BYE], ["binary A¢", ...ECHO_OF_BYE]],
];

// deno-fmt-ignore
const CLOSING: readonly Case[] = [
  // 7: closing
  ["a close without a code", [frame(close)], ["close", "end"]],
  ["a close with one byte", [frame(close, "x")], BAD],
  ["a close with a reason", [frame(close, closing(1000, "Goodbye"))], ["close 1000 Goodbye", "end"]],
  ["a close with a reason of 123 bytes", [frame(close, closing(1000, repeated(123)))], [`close 1000 ${repeated(123)}`, "end"]],
  ["a reason that is no UTF-8", [frame(close, concat([closing(1000), Uint8Array.of(0xff)]))], NOT_UTF8],
  ["two closes", [BYE, BYE], ECHO_OF_BYE],
  ["a ping behind a close", [BYE, frame(ping)], ECHO_OF_BYE],
  ["a text behind a close", [BYE, frame(text, "x")], ECHO_OF_BYE],
  ["a close in a text", [frame(text, "a", START), BYE], ECHO_OF_BYE],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
    .map((code): Case => [`code ${code}`, [frame(close, closing(code))], [`close ${code}`, "end"]]),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    .map((code): Case => [`code ${code}`, [frame(close, closing(code))], BAD]),
];

const MANIFEST = `max_message_size = 1_048_576`;

// A client that closes has no answer to what it has sent before: what comes
// before the end is waited for.
async function check(socket: RawWebSocket, [, sent, wanted]: Case) {
  const isFarewell = sent.at(-1) === BYE;
  const first = isFarewell ? sent.slice(0, -1) : sent;
  const seen: string[] = [];
  await write(socket, first);
  const answers = isFarewell ? wanted.length - ECHO_OF_BYE.length : Infinity;
  while (seen.length < answers && seen.at(-1) !== "end") {
    seen.push(await socket.next());
  }
  if (isFarewell) await write(socket, [BYE]);
  while (seen.at(-1) !== "end") seen.push(await socket.next());
  deepStrictEqual(seen, wanted);
}

async function write(
  { connection }: RawWebSocket,
  sent: readonly Uint8Array[],
) {
  // What the server has ended may not take all of it.
  await connection.write(concat(sent)).catch(() => {});
}

for (
  const [chapter, cases] of [
    ["framing", FRAMING],
    ["UTF-8", UTF8],
    ["closing", CLOSING],
  ] as const
) {
  Deno.test(`startApp() keeps to RFC 6455: ${chapter}`, async (t) => {
    await withSockets(MANIFEST, async ({ port }) => {
      for (const row of cases) {
        await t.step(row[0], async () => {
          using socket = await RawWebSocket.open(port);
          await check(socket, row);
        });
      }
    });
  });
}

Deno.test("startApp() takes frames byte by byte", () =>
  withSockets(MANIFEST, async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    for (const byte of concat([frame(text, HELLO), frame(ping, "p")])) {
      await socket.connection.write(Uint8Array.of(byte));
    }
    const seen = [await socket.next(), await socket.next()];
    deepStrictEqual(seen.toSorted(), ["pong p", `text ${HELLO}`]);
  }));

Deno.test("startApp() refuses text that is wrong before it is whole", () =>
  withSockets(MANIFEST, async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    await socket.send(text, Uint8Array.of(0xff), START);
    await socket.send(continuation, "x");
    strictEqual(await socket.next(), "close 1007");
  }));

const DEFLATE = ["Sec-WebSocket-Extensions: permessage-deflate"];
const COMPRESSED = { reserved: 4 };
const COMPRESSION = `${MANIFEST}\ncompression = true`;

function deflated(data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  const whole = deflateRawSync(bytes, { finishFlush: 2 });
  return Uint8Array.from(whole.subarray(0, -4));
}

/** RFC 7692: what, what is sent, and what comes. */
// deno-fmt-ignore
const DEFLATED: readonly Case[] = [
  ["a compressed text", [frame(text, deflated("hello"), COMPRESSED), BYE], ["text hello", ...ECHO_OF_BYE]],
  ["a text as it is", [frame(text, "hello"), BYE], ["text hello", ...ECHO_OF_BYE]],
  ["a compressed text in pieces", [frame(text, deflated("hello").slice(0, 2), { ...START, ...COMPRESSED }), frame(continuation, deflated("hello").slice(2)), BYE], ["text hello", ...ECHO_OF_BYE]],
  ["an empty one", [frame(text, Uint8Array.of(0), COMPRESSED), BYE], ["text", ...ECHO_OF_BYE]],
  ["a continuation that says so", [frame(text, "a", START), frame(continuation, "b", COMPRESSED)], BAD],
  ["a compressed ping", [frame(ping, "", COMPRESSED)], BAD],
  ["what is not compressed", [frame(text, Uint8Array.of(0xff, 0xff, 0xff), COMPRESSED)], NOT_UTF8],
  ["compressed text that is no UTF-8", [frame(text, deflated(Uint8Array.of(0xff)), COMPRESSED)], NOT_UTF8],
  ["a bomb", [frame(binary, deflated(new Uint8Array(64 * 1_048_576)), COMPRESSED)], ["close 1009", "end"]],
  ["a bomb in pieces", [frame(binary, deflated(new Uint8Array(64 * 1_048_576)).slice(0, -1), { ...START, ...COMPRESSED }), frame(continuation, "x")], ["close 1009", "end"]],
];

Deno.test("startApp() keeps to RFC 7692", async (t) => {
  await withSockets(COMPRESSION, async ({ port }) => {
    for (const row of DEFLATED) {
      await t.step(row[0], async () => {
        using socket = await RawWebSocket.open(port, "/", DEFLATE);
        await check(socket, row);
      });
    }
  });
});

Deno.test("startApp() compresses what is worth it, and only where it was agreed on", () =>
  withSockets(COMPRESSION, async ({ port }) => {
    using socket = await RawWebSocket.open(port, "/", DEFLATE);
    deepStrictEqual(
      socket.response.headers.find(([name]) => /extensions/.test(name))?.[1],
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    );
    await socket.send(text, repeated(1_000));
    const large = await socket.read();
    deepStrictEqual([large.reserved, large.payload.length < 100], [4, true]);
    await socket.send(text, "short");
    strictEqual((await socket.read()).reserved, 0);
    using plain = await RawWebSocket.open(port);
    await plain.send(text, repeated(1_000));
    strictEqual(await plain.next(), `text ${repeated(1_000)}`);
  }));

/** Bits of a window, and how far back data repeats itself. */
const windows = fc.record({
  bits: fc.integer({ min: 8, max: 15 }),
  distance: fc.integer({ min: 1, max: 33_000 }),
});

// As a client does that has no more memory than it said. The pieces are small,
// or zlib would take what it has made itself for the window.
function inflatedWithin(bits: number, payload: Uint8Array): Uint8Array {
  const whole = concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]);
  const limits = { windowBits: bits, chunkSize: 64, finishFlush: 2 };
  return Uint8Array.from(inflateRawSync(whole, limits));
}

function repeating(distance: number): Uint8Array {
  const unit = crypto.getRandomValues(new Uint8Array(distance));
  const count = Math.ceil(1_000 / distance) + 2;
  return concat(Array.from({ length: count }, () => unit));
}

Deno.test("startApp() compresses within the window that its client has asked for", () =>
  withSockets(COMPRESSION, async ({ port }) => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ bits, distance }) => {
        const offer = `${DEFLATE[0]}; server_max_window_bits=${bits}`;
        using socket = await RawWebSocket.open(port, "/", [offer]);
        const data = repeating(distance);
        await socket.send(binary, data);
        const { reserved, payload } = await socket.read();
        deepStrictEqual([reserved, inflatedWithin(bits, payload)], [4, data]);
      }),
      { numRuns: 50 },
    );
  }));

// As small as the pieces of Autobahn's 9.3.1, and more of them than the least bound.
const PIECE = "x".repeat(64);
const PIECES = 20_000;

function inPieces(count: number, piece: string): Uint8Array {
  const rest = frame(continuation, piece, START);
  return concat([
    ...[frame(binary, piece, START)],
    ...Array.from({ length: count - 2 }, () => rest),
    frame(continuation, piece),
  ]);
}

Deno.test("startApp() takes a message of the largest size in pieces of 64 bytes", () =>
  withSockets(`max_message_size = ${PIECES * 64}`, async ({ port }) => {
    using socket = await RawWebSocket.open(port);
    const sending = socket.connection.write(inPieces(PIECES, PIECE));
    strictEqual((await socket.read()).payload.length, PIECES * 64);
    await sending;
  }));

/** The size that is allowed, pieces of a byte, and what comes. */
const MANY_PIECES = [
  [100_000, 16_384, "binary xxx"],
  [100_000, 16_385, "close 1008"],
  [PIECES * 64, PIECES, "binary xxx"],
  [PIECES * 64, PIECES + 1, "close 1008"],
] as const;

for (const [bytesMax, count, wanted] of MANY_PIECES) {
  Deno.test(`startApp() answers ${count} pieces of at most ${bytesMax} bytes by ${wanted}`, () =>
    withSockets(`max_message_size = ${bytesMax}`, async ({ port }) => {
      using socket = await RawWebSocket.open(port);
      await write(socket, [inPieces(count, "x")]);
      strictEqual((await socket.next()).slice(0, wanted.length), wanted);
    }));
}

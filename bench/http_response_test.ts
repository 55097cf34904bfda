import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import fc from "fast-check";
import {
  type ByteSource,
  RESPONSE_BYTES_MAX,
  ResponseReader,
} from "./http_response.ts";

/** Hands out `text` in pieces of at most `pieceBytes`. */
function sourceOf(text: string, pieceBytes = Infinity): ByteSource {
  let rest = Uint8Array.from(text, (char) => char.charCodeAt(0));
  return {
    read(target) {
      if (rest.length === 0) return Promise.resolve(null);
      const count = Math.min(rest.length, pieceBytes, target.length);
      target.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return Promise.resolve(count);
    },
  };
}

/** Shape: status, body, whether it is the last. */
type Seen = readonly [number, string, boolean];

async function readAll(text: string, pieceBytes?: number): Promise<Seen[]> {
  const reader = new ResponseReader(sourceOf(text, pieceBytes));
  const seen: Seen[] = [];
  for (let last = false; !last;) {
    const response = await reader.next();
    if (response === undefined) break;
    const { status, body, isLast } = response;
    seen.push([status, new TextDecoder().decode(body), isLast]);
    last = isLast;
  }
  strictEqual(reader.leftoverBytes, 0);
  return seen;
}

const OK = "HTTP/1.1 200 OK\r\n";

const RESPONSES: readonly (readonly [string, readonly Seen[]])[] = [
  ["", []],
  [OK + "content-length: 5\r\n\r\nhello", [[200, "hello", false]]],
  [OK + "Content-Length:0\r\n\r\n", [[200, "", false]]],
  [OK + "CONTENT-LENGTH: \t2 \r\nx: y\r\n\r\nhi", [[200, "hi", false]]],
  [OK + "x-content-length: 9\r\ncontent-length: 1\r\n\r\na", [[
    200,
    "a",
    false,
  ]]],
  [
    OK + "content-length: 1\r\n\r\na" + OK + "content-length: 2\r\n\r\nbc",
    [[200, "a", false], [200, "bc", false]],
  ],
  [
    OK + "connection: keep-alive, Close\r\ncontent-length: 1\r\n\r\na",
    [[200, "a", true]],
  ],
  ["HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na", [[200, "a", true]]],
  ["HTTP/1.1 200 \r\ncontent-length: 1\r\n\r\na", [[200, "a", false]]],
  ["HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", [[204, "", false]]],
  ["HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy", [[
    503,
    "busy",
    false,
  ]]],
  // Without a length the body lasts as long as the connection.
  [OK + "x: y\r\n\r\nto the end", [[200, "to the end", true]]],
  // Interim responses are skipped.
  [
    "HTTP/1.1 103 Early\r\nx: y\r\n\r\n" + OK + "content-length: 1\r\n\r\na",
    [[200, "a", false]],
  ],
  // Chunks, with extensions and trailers; chunked wins over a length.
  [
    OK +
    "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n",
    [[200, "hello!", false]],
  ],
  [
    OK + "Transfer-Encoding: gzip, Chunked\r\ncontent-length: 3\r\n\r\n" +
    "00A\r\n0123456789\r\n0\r\nx: y\r\nz: z\r\n\r\n",
    [[200, "0123456789", false]],
  ],
  [
    OK + "transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + OK +
    "content-length: 1\r\n\r\na",
    [[200, "", false], [200, "a", false]],
  ],
];

for (const [text, seen] of RESPONSES) {
  Deno.test(`ResponseReader reads ${JSON.stringify(text)}`, async () => {
    deepStrictEqual(await readAll(text), seen);
  });
}

Deno.test("ResponseReader reads the same responses however they are cut", async () => {
  const row = fc.constantFrom(...RESPONSES);
  await fc.assert(
    fc.asyncProperty(
      row,
      fc.integer({ min: 1, max: 40 }),
      async (row, bytes) => {
        const [text, seen] = row;
        deepStrictEqual(await readAll(text, bytes), seen);
      },
    ),
  );
});

Deno.test("ResponseReader reads bodies of any length when they follow each other", async () => {
  const bodies = fc.array(fc.nat({ max: 60_000 }), {
    minLength: 1,
    maxLength: 5,
  });
  const piece = fc.integer({ min: 1_000, max: 70_000 });
  await fc.assert(
    fc.asyncProperty(bodies, piece, async (lengths, pieceBytes) => {
      const text = lengths.map((length) =>
        `${OK}content-length: ${length}\r\n\r\n${"x".repeat(length)}`
      ).join("");
      const seen = await readAll(text, pieceBytes);
      deepStrictEqual(seen.map(([, body]) => body.length), lengths);
    }),
    { numRuns: 30 },
  );
});

const TOO_SHORT = "Cannot read a response that ends too early";
const TOO_LONG =
  `Cannot read a response longer than bytes: ${RESPONSE_BYTES_MAX}`;
const CHUNKED = OK + "transfer-encoding: chunked\r\n\r\n";

const BROKEN = [
  ["SSH-2.0-OpenSSH\r\n\r\n", "Cannot read a status line: SSH-2.0-OpenSSH"],
  ["HTTP/2 200 OK\r\n\r\n", "Cannot read a status line: HTTP/2 200 OK"],
  ["HTTP/1.1 20 OK\r\n\r\n", "Cannot read a status line: HTTP/1.1 20 OK"],
  [OK + "content-length: -1\r\n\r\n", "Cannot read a content length: -1"],
  [OK + "content-length: 1, 1\r\n\r\n", "Cannot read a content length: 1, 1"],
  [OK + "content-length: \r\n\r\n", "Cannot read a content length: "],
  [OK + "content-length: 2\r\n\r\na", TOO_SHORT],
  [OK + "content-length: 2\r\n", TOO_SHORT],
  ["HTTP", TOO_SHORT],
  ["HTTP/1.1 100 Continue\r\n\r\n", TOO_SHORT],
  [CHUNKED + "5\r\nhel", TOO_SHORT],
  [CHUNKED + "5\r\nhello\r\n", TOO_SHORT],
  [CHUNKED + "g\r\n", "Cannot read a chunk size: g"],
  [CHUNKED + "\r\n", "Cannot read a chunk size: "],
  [CHUNKED + "5\r\nhello!\r\n", "Cannot find the end of a chunk"],
  [OK + `content-length: ${RESPONSE_BYTES_MAX + 1}\r\n\r\n`, TOO_LONG],
  [CHUNKED + "fffffff\r\n", TOO_LONG],
  [OK + "x: " + "y".repeat(3 * RESPONSE_BYTES_MAX), TOO_LONG],
  [OK + "\r\n" + "y".repeat(3 * RESPONSE_BYTES_MAX), TOO_LONG],
] as const;

for (const [text, message] of BROKEN) {
  const start = JSON.stringify(text.slice(0, 80));
  Deno.test(`ResponseReader throws when given ${start}`, async () => {
    const reader = new ResponseReader(sourceOf(text));
    await rejects(reader.next(), { name: "ProtocolError", message });
  });
}

Deno.test("ResponseReader tells the bytes that belong to no response", async () => {
  const reader = new ResponseReader(
    sourceOf(OK + "content-length: 1\r\n\r\nabc"),
  );
  await reader.next();
  strictEqual(reader.leftoverBytes, 2);
});

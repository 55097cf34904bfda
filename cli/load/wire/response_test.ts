import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import fc from "fast-check";
import { sourceOf } from "../testdata/source.ts";
import { LINE_BYTES_MAX, Reader } from "./reader.ts";
import { fieldOf, ResponseReader } from "./response.ts";

/** Shape: status, body, whether it is the last. */
type Seen = readonly [number, string, boolean];

async function readAll(text: string, pieceBytes?: number): Promise<Seen[]> {
  const reader = new Reader(sourceOf(text, pieceBytes));
  const responses = new ResponseReader(reader, false);
  const seen: Seen[] = [];
  for (;;) {
    const head = await responses.head();
    if (head === undefined) break;
    let body = "";
    await responses.body(head, (bytes) => {
      body += new TextDecoder().decode(bytes);
    });
    seen.push([head.status, body, head.isLast]);
    if (head.isLast) break;
  }
  strictEqual(reader.waitingBytes, 0);
  return seen;
}

const OK = "HTTP/1.1 200 OK\r\n";
const ONE = "content-length: 1\r\n\r\na";

const RESPONSES: readonly (readonly [string, readonly Seen[]])[] = [
  ["", []],
  [OK + "content-length: 5\r\n\r\nhello", [[200, "hello", false]]],
  [OK + "Content-Length:0\r\n\r\n", [[200, "", false]]],
  [OK + "CONTENT-LENGTH: \t2 \r\nx: y\r\n\r\nhi", [[200, "hi", false]]],
  [OK + "x-content-length: 9\r\n" + ONE, [[200, "a", false]]],
  [OK + ONE + OK + ONE, [[200, "a", false], [200, "a", false]]],
  [
    OK + ONE + OK + "content-length: 2\r\n\r\nbc" + OK + ONE,
    [[200, "a", false], [200, "bc", false], [200, "a", false]],
  ],
  [OK + "connection: keep-alive, Close\r\n" + ONE, [[200, "a", true]]],
  ["HTTP/1.0 200 OK\r\n" + ONE, [[200, "a", true]]],
  ["HTTP/1.1 200 \r\n" + ONE, [[200, "a", false]]],
  ["HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", [[204, "", false]]],
  ["HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", [[
    304,
    "",
    false,
  ]]],
  ["HTTP/1.1 101 Switching\r\nx: y\r\n\r\n", [[101, "", false]]],
  // Without a length the body lasts as long as the connection.
  [OK + "x: y\r\n\r\nto the end", [[200, "to the end", true]]],
  // Those that are not final are skipped.
  ["HTTP/1.1 103 Early\r\nx: y\r\n\r\n" + OK + ONE, [[200, "a", false]]],
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
];

for (const [text, seen] of RESPONSES) {
  Deno.test(`ResponseReader reads ${JSON.stringify(text)}`, async () => {
    deepStrictEqual(await readAll(text), seen);
  });
}

Deno.test("ResponseReader reads the same responses however they are cut", async () => {
  const row = fc.constantFrom(...RESPONSES);
  const piece = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(row, piece, async ([text, seen], pieceBytes) => {
      deepStrictEqual(await readAll(text, pieceBytes), seen);
    }),
  );
});

Deno.test("ResponseReader reads bodies of any length when they follow each other", async () => {
  const lengths = fc.array(fc.nat(300_000), { minLength: 1, maxLength: 4 });
  const piece = fc.integer({ min: 1_000, max: 300_000 });
  await fc.assert(
    fc.asyncProperty(lengths, piece, async (lengths, pieceBytes) => {
      const text = lengths.map((length) =>
        `${OK}content-length: ${length}\r\n\r\n${"x".repeat(length)}`
      ).join("");
      const seen = await readAll(text, pieceBytes);
      deepStrictEqual(seen.map(([, body]) => body.length), lengths);
    }),
    { numRuns: 20 },
  );
});

Deno.test("ResponseReader reads no body when it was asked by HEAD", async () => {
  const text = OK + "content-length: 5\r\n\r\n";
  const responses = new ResponseReader(new Reader(sourceOf(text)), true);
  const head = await responses.head();
  deepStrictEqual(head?.framing, { type: "none" });
  strictEqual(head.isLast, false);
});

const TOO_SHORT = "Cannot read on: the connection ended";
const TOO_LONG =
  `Cannot read a line or head longer than bytes: ${LINE_BYTES_MAX}`;
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
  [OK + "x: " + "y".repeat(3 * LINE_BYTES_MAX), TOO_LONG],
  [CHUNKED + "0".repeat(3 * LINE_BYTES_MAX), TOO_LONG],
  [
    CHUNKED + "0\r\n" + "x: y\r\n".repeat(LINE_BYTES_MAX),
    `Cannot read trailers longer than bytes: ${LINE_BYTES_MAX}`,
  ],
] as const;

for (const [text, message] of BROKEN) {
  const start = JSON.stringify(text.slice(0, 80));
  Deno.test(`ResponseReader throws when given ${start}`, async () => {
    await rejects(readAll(text), { name: "ProtocolError", message });
  });
}

const FIELDS = [
  ["content-type", "Text/HTML; charset=x"],
  ["X-One", "1"],
  ["type", ""],
  ["absent", ""],
] as const;

for (const [name, value] of FIELDS) {
  Deno.test(`fieldOf() finds "${value}" when asked for ${name}`, async () => {
    const text = OK + "x-one:1\r\nContent-Type:  Text/HTML; charset=x \r\n" +
      "content-length: 0\r\n\r\n";
    const responses = new ResponseReader(new Reader(sourceOf(text)), false);
    strictEqual(fieldOf((await responses.head())!, name), value);
  });
}

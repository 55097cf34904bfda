import { deepStrictEqual, strictEqual } from "node:assert";
import { connect, type RawResponse, valuesOf } from "./connection.ts";
import { manifestOf, withApp } from "./served.ts";

// What a client gets of a guest's response, as bytes on the socket.

const ANSWERS = manifestOf("answers");
const TEXT = "text/plain;charset=UTF-8";

/** Names and values, without the date. */
function headersOf({ headers }: RawResponse): string[] {
  return headers.filter(([name]) => name !== "date" && name !== "x-request-id")
    .map((header) => header.join(": ")).sort();
}

/** The request line, the status, the headers, and the body in Latin-1. */
// deno-fmt-ignore
const RESPONSES: readonly (readonly [string, number, readonly string[], string])[] = [
  ["GET /text", 200, ["content-length: 4", `content-type: ${TEXT}`], "text"],
  ["GET /json", 201, ["content-length: 14", "content-type: application/json"], '{"a":[1,"\xc3\xbc"]}'],
  ["GET /bytes", 200, ["content-length: 256"], String.fromCharCode(...Array(256).keys())],
  ["GET /none", 200, ["content-length: 0"], ""],
  ["GET /empty", 200, ["content-length: 0", `content-type: ${TEXT}`], ""],
  ["GET /deleted", 204, [], ""],
  ["GET /cached", 304, ['etag: "a"'], ""],
  ["GET /moved", 307, ["content-length: 0", "location: http://a/b"], ""],
  ["GET /teapot", 418, ["content-length: 15", `content-type: ${TEXT}`], "short and stout"],
  ["GET /large", 200, ["content-length: 1048576", `content-type: ${TEXT}`], "x".repeat(1_048_576)],
  ["GET /headers", 200, [
    "content-length: 7", `content-type: ${TEXT}`, "set-cookie: a=1; Path=/", "set-cookie: b=2",
    "x-empty: ", "x-latin: caf\xe9 \xff", "x-tab: a\tb", "x-two: a, b",
  ], "headers"],
  ["GET /framing", 200, ["content-length: 6", `content-type: ${TEXT}`, "x-other: kept"], "framed"],
  ["HEAD /text", 200, ["content-length: 4", `content-type: ${TEXT}`], ""],
  ["HEAD /framing", 200, ["content-length: 6", `content-type: ${TEXT}`, "x-other: kept"], ""],
  ["HEAD /deleted", 204, [], ""],
];

Deno.test("startApp() sends a response as the guest made it, framed by the node", async (t) => {
  await withApp(ANSWERS, async ({ port }) => {
    // One connection for all: a response out of step would be seen by the next.
    using connection = await connect(port);
    for (const [line, status, headers, body] of RESPONSES) {
      await t.step(line, async () => {
        await connection.write(`${line} HTTP/1.1\r\nhost: a\r\n\r\n`);
        const response = await connection.read(line.split(" ")[0]);
        strictEqual(response.status, status);
        deepStrictEqual(headersOf(response), headers);
        deepStrictEqual(
          response.body,
          Uint8Array.from(body, (char) => char.charCodeAt(0)),
        );
        strictEqual(valuesOf(response, "date").length, 1);
      });
    }
  });
});

Deno.test("startApp() sends a body as it is to a client that takes compression", async () => {
  await withApp(ANSWERS, async ({ port }) => {
    using connection = await connect(port);
    await connection.write(
      "GET /large HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip, br\r\n\r\n",
    );
    const response = await connection.read();
    deepStrictEqual(valuesOf(response, "content-encoding"), []);
    strictEqual(response.body.length, 1_048_576);
  });
});

Deno.test("startApp() waits for a client that reads slowly, and serves others", async () => {
  await withApp(ANSWERS, async ({ port, url }) => {
    using slow = await connect(port);
    await slow.write("GET /larger HTTP/1.1\r\nhost: a\r\n\r\n");
    for (let count = 0; count < 20; count++) {
      strictEqual(await (await fetch(`${url}/text`)).text(), "text");
    }
    const { body } = await slow.read();
    strictEqual(body.length, 8 * 1024 * 1024);
    strictEqual(body.every((byte) => byte === 7), true);
  });
});

Deno.test("startApp() keeps the answers of HTTP/1.0 and HTTP/1.1 apart", async () => {
  await withApp(ANSWERS, async ({ port }) => {
    using connection = await connect(port);
    await connection.write("GET /text HTTP/1.0\r\n\r\n");
    const { status, body } = await connection.read();
    deepStrictEqual([status, body.length], [200, 4]);
    strictEqual(await connection.isEnded(), true);
  });
});

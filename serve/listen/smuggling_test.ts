import { match, strictEqual } from "node:assert";
import { DEADLINE_LATE_MS_MAX, LINGER_MS } from "../limits.ts";
import { RawClient } from "../testdata/raw_client.ts";
import { serve } from "../testdata/test_server.ts";

const HOST = "\r\nHost: x\r\n";

function post(headers: string, body: string): string {
  return `POST / HTTP/1.1${HOST}${headers}\r\n\r\n${body}`;
}

function get(rest: string): string {
  return `GET / HTTP/1.1${HOST}${rest}\r\n\r\n`;
}
const CHUNKED = "Transfer-Encoding: chunked";

/**
 * Requests that two readers may understand in two ways, and the status: that of
 * the engine, or ours where it lets one through. After each the connection ends.
 */
// deno-fmt-ignore
const REFUSED: readonly (readonly [name: string, request: string])[] = [
  ["a length and a coding", post(`Content-Length: 6\r\n${CHUNKED}`, "0\r\n\r\nG")],
  ["a coding and a length", post(`${CHUNKED}\r\nContent-Length: 6`, "0\r\n\r\nG")],
  ["two lengths", post("Content-Length: 1\r\nContent-Length: 2", "ab")],
  ["one length twice", post("Content-Length: 2\r\nContent-Length: 2", "ab")],
  ["a list of lengths", post("Content-Length: 2, 2", "ab")],
  ["a length with a sign", post("Content-Length: +2", "ab")],
  ["a negative length", post("Content-Length: -1", "ab")],
  ["a hexadecimal length", post("Content-Length: 0x2", "ab")],
  ["an empty length", post("Content-Length:", "ab")],
  ["a length beyond 64 bits", post("Content-Length: 99999999999999999999999", "ab")],
  ["a coding before chunked", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")],
  ["a coding after chunked", post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n")],
  ["chunked twice", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")],
  ["chunked twice, in two headers", post(`${CHUNKED}\r\n${CHUNKED}`, "0\r\n\r\n")],
  ["identity", post("Transfer-Encoding: identity", "0\r\n\r\n")],
  ["chunked, then identity", post(`${CHUNKED}\r\nTransfer-Encoding: identity`, "0\r\n\r\n")],
  ["an unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n")],
  ["a vertical tab", post("Transfer-Encoding: \x0bchunked", "0\r\n\r\n")],
  ["an empty coding", post("Transfer-Encoding: , chunked", "0\r\n\r\n")],
  ["a space before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n")],
  ["a coding in HTTP/1.0", `POST / HTTP/1.0${HOST}${CHUNKED}\r\n\r\n0\r\n\r\n`],
  ["a folded header", get("X-A: b\r\n c")],
  ["a folded coding", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")],
  ["a header that begins with a space", get(" X-A: b")],
  ["a bare CR", get("X-A: b\rc")],
  ["a zero byte", get("X-A: b\0c")],
  ["a header without a colon", get("abc")],
  ["a header without a name", get(": b")],
  ["two hosts", get("Host: y")],
  ["hosts in a list", "GET / HTTP/1.1\r\nHost: x,y\r\n\r\n"],
  ["a host with a space", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"],
  ["a host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"],
  ["a host with a user", "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n"],
  ["a host that is none beside that of the request line", "GET http://y/ HTTP/1.1\r\nHost: x/y\r\n\r\n"],
  ["a request line of another scheme", `GET https://x/ HTTP/1.1${HOST}\r\n`],
  ["CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"],
  ["a fragment", `GET /a#b HTTP/1.1${HOST}\r\n`],
  ["a path that is not ASCII", `GET /\xe9 HTTP/1.1${HOST}\r\n`],
  ["a path without a slash", `GET a HTTP/1.1${HOST}\r\n`],
  ["a space in the path", `GET /a b HTTP/1.1${HOST}\r\n`],
  ["another version", `GET / HTTP/1.2${HOST}\r\n`],
  ["no version", "GET /\r\n\r\n"],
  ["a method that is no token", `G(T / HTTP/1.1${HOST}\r\n`],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
];

for (const [name, request] of REFUSED) {
  Deno.test(`listenHttp() refuses ${name} with 400, and ends the connection`, async () => {
    const { server, url, node, clock } = serve();
    const client = await RawClient.connect(url);
    await client.send(request + get(""));
    const head = await client.readUntil("\r\n\r\n");
    clock.advance(DEADLINE_LATE_MS_MAX + LINGER_MS);
    const text = head + await client.readAll();
    match(text, /^HTTP\/1\.[01] 400 Bad Request\r\n/);
    strictEqual(text.match(/HTTP\/1/g)!.length, 1);
    strictEqual(node.guests.length, 0);
    await server.stop();
  });
}

/** Bodies that break their framing: the guest is not asked, nor what follows answered. */
// deno-fmt-ignore
const BROKEN: readonly (readonly [name: string, body: string])[] = [
  ["a bare LF in an extension", "1;a\nb\r\na\r\n0\r\n\r\n"],
  ["a bare LF after a size", "1\na\r\n0\r\n\r\n"],
  ["a size with 0x", "0x1\r\na\r\n0\r\n\r\n"],
  ["a size beyond 64 bits", "11111111111111111\r\na\r\n0\r\n\r\n"],
  ["more than its size", "1\r\nabc\r\n0\r\n\r\n"],
  ["something else than CR LF after it", "1\r\naXX0\r\n\r\n"],
];

for (const [name, body] of BROKEN) {
  Deno.test(`listenHttp() ends the connection at a chunk with ${name}`, async () => {
    const { server, url, node } = serve();
    const client = await RawClient.connect(url);
    await client.send(post(CHUNKED, body) + get(""));
    strictEqual((await client.readAll()).includes(" 200 "), false);
    strictEqual(node.guests.length, 0);
    await server.stop();
  });
}

/** What looks odd, and has one meaning. RFC 9112, 2.2 allows a bare LF after a line. */
// deno-fmt-ignore
const TAKEN: readonly (readonly [name: string, request: string])[] = [
  ["a bare LF after each line", "GET / HTTP/1.1\nHost: x\nConnection: close\n\n"],
  ["empty lines before it", `\r\n\r\n${get("Connection: close")}`],
  ["the host in the request line", `GET http://x/ HTTP/1.1${HOST}Connection: close\r\n\r\n`],
  ["another host in the request line, which is the one", `GET http://y/ HTTP/1.1${HOST}Connection: close\r\n\r\n`],
  ["an empty host", "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"],
  ["no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"],
  ["chunked in capitals", post("Transfer-Encoding: ChUnKeD\r\nConnection: close", "0\r\n\r\n")],
  ["a trailer", post(`${CHUNKED}\r\nConnection: close`, "1\r\na\r\n0\r\nX-T: 1\r\n\r\n")],
  ["a body of GET, which is no request", get(`Connection: close\r\nContent-Length: ${get("").length}`) + get("")],
];

for (const [name, request] of TAKEN) {
  Deno.test(`listenHttp() answers a request with ${name} once`, async () => {
    const { server, url, node } = serve();
    const client = await RawClient.connect(url);
    await client.send(request);
    match(await client.readAll(), /^HTTP\/1\.[01] 200 OK\r\n/);
    strictEqual(node.guests.length, 1);
    await server.stop();
  });
}

// deno-fmt-ignore
const BOMBS: readonly (readonly [name: string, request: string, status: RegExp])[] = [
  ["a header of 70 KB", get(`X-A: ${"b".repeat(70_000)}`), /^HTTP\/1\.1 4(00|31) /],
  ["a path of 70 KB", `GET /${"b".repeat(70_000)} HTTP/1.1${HOST}\r\n`, /^HTTP\/1\.1 4(00|14) /],
  ["110 headers", get(Array.from({ length: 110 }, (_, nth) => `X-${nth}: `).join("\r\n")), /^HTTP\/1\.1 431 /],
];

for (const [name, request, status] of BOMBS) {
  Deno.test(`listenHttp() refuses ${name}`, async () => {
    const { server, url, node, clock } = serve();
    const client = await RawClient.connect(url);
    await client.send(request);
    const head = await client.readUntil("\r\n\r\n");
    clock.advance(DEADLINE_LATE_MS_MAX + LINGER_MS);
    match(head + await client.readAll(), status);
    strictEqual(node.guests.length, 0);
    await server.stop();
  });
}

import {
  deepStrictEqual,
  match,
  notStrictEqual,
  strictEqual,
} from "node:assert";
import { REQUEST_HEADERS_MAX } from "../limits.ts";
import { TrustedProxies } from "./forwarded.ts";
import { type Origin, readOrigin, type Way } from "./origin.ts";

const WAY: Way = {
  scheme: "http",
  peer: "192.0.2.1",
  peerPort: 5,
  proxies: new TrustedProxies(["10.0.0.0/8"]),
};

/** What the engine makes of a request, which `Request` would not take as it is. */
function request(url: string, headers: Record<string, string> = {}): Request {
  return { url, headers: new Headers(headers) } as unknown as Request;
}

function read(
  url: string,
  headers: Record<string, string> = {},
  way: Partial<Way> = {},
): Origin {
  const origin = readOrigin(request(url, headers), { ...WAY, ...way });
  if (typeof origin === "number") throw new RangeError(`Refused: ${origin}`);
  return origin;
}

Deno.test("readOrigin() tells the guest what the client asked, and who it is", () => {
  const origin = read("http://a:1/b?c", {
    "host": "a:1",
    "x-d": "e",
    "x-forwarded-for": "1.1.1.1",
    "x-forwarded-proto": "https",
    "x-request-id": "forged",
    "forwarded": "for=1.1.1.1",
  });
  const { id, headers, ...rest } = origin;
  deepStrictEqual(rest, {
    address: "192.0.2.1",
    url: "http://a:1/b?c",
    path: "/b?c",
  });
  match(id, /^[0-9a-f]{16}$/);
  deepStrictEqual(headers, [
    ["host", "a:1"],
    ["x-d", "e"],
    ["x-forwarded-for", "192.0.2.1"],
    ["x-request-id", id],
  ]);
});

/** Which host a guest sees. */
// deno-fmt-ignore
const HOSTS: readonly (readonly [string, string, Record<string, string>, string | undefined])[] = [
  ["the request line's, not the header's", "http://b:1/", { host: "a" }, "b:1"],
  ["the node's for an empty one", "http://localhost:80/", { host: "" }, "localhost:80"],
  ["none in HTTP/2, where no header has it", "http://a/", {}, undefined],
];

for (const [what, url, sent, expected] of HOSTS) {
  Deno.test(`readOrigin() tells the guest a host: ${what}`, () => {
    const origin = read(url, sent);
    strictEqual(new Map(origin.headers).get("host"), expected);
    strictEqual(origin.url, url);
  });
}

Deno.test("readOrigin() believes a trusted proxy", () => {
  const { id, url, address } = read("http://inner/b", {
    "host": "inner",
    "x-forwarded-for": "198.51.100.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "outer",
    "x-request-id": "from-the-proxy",
  }, { peer: "10.0.0.1" });
  deepStrictEqual([id, url, address], [
    "from-the-proxy",
    "https://outer/b",
    "198.51.100.7",
  ]);
});

Deno.test("readOrigin() makes an id and keeps the host when the proxy's are none", () => {
  const { id, url } = read("http://inner/b", {
    "x-forwarded-for": "198.51.100.7",
    "x-forwarded-host": "a/b",
    "x-request-id": "a b",
  }, { peer: "10.0.0.1" });
  match(id, /^[0-9a-f]{16}$/);
  strictEqual(url, "http://inner/b");
});

Deno.test("readOrigin() makes another id for each request", () => {
  const ids = Array.from({ length: 2_000 }, () => read("http://a/").id);
  strictEqual(new Set(ids).size, ids.length);
  notStrictEqual(ids[0], ids[1]);
});

// deno-fmt-ignore
const REFUSED: readonly (readonly [string, string, Record<string, string>, number])[] = [
  ["a length that was said twice", "http://a/", { "content-length": "2, 2" }, 400],
  ["a coding that nobody decodes", "http://a/", { "transfer-encoding": "gzip, chunked" }, 400],
  ["a request line of another scheme", "https://a/", { host: "a" }, 400],
  ["no path", "http://a:80", { host: "a:80" }, 400],
  ["a host with a slash", "http://a/b/", { host: "a/b" }, 400],
  ["a host with a user", "http://u@a/", { host: "u@a" }, 400],
  ["two hosts", "http://a,b/", { host: "a,b" }, 400],
  ["a fragment", "http://a/b#c", {}, 400],
  ["a path that is not ASCII", "http://a/é", {}, 400],
  ["contradicting proxies", "http://a/", { forwarded: "for=1.1.1.1", "x-forwarded-for": "2.2.2.2" }, 400],
  ["too many headers", "http://a/",
    Object.fromEntries(Array.from({ length: REQUEST_HEADERS_MAX + 1 }, (_, nth) => [`x-${nth}`, ""])), 431],
];

for (const [name, url, headers, status] of REFUSED) {
  Deno.test(`readOrigin() refuses ${name} with ${status}`, () => {
    const way = { ...WAY, peer: "10.0.0.1" };
    strictEqual(readOrigin(request(url, headers), way), status);
  });
}

Deno.test("readOrigin() takes as many headers as it may", () => {
  const list = Array.from(
    { length: REQUEST_HEADERS_MAX },
    (_, nth) => [`x-${nth}`, ""],
  );
  strictEqual(read("http://a/", Object.fromEntries(list)).path, "/");
});

import { deepStrictEqual, strictEqual } from "node:assert";
import { parseRoutes } from "../routes.ts";
import { TrustedProxies } from "../listen/forwarded.ts";
import type { Way } from "../listen/origin.ts";
import { openingOf, type OpeningRules } from "./handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const HEADERS: Readonly<Record<string, string>> = {
  "Host": "rusm",
  "Upgrade": "websocket",
  "Connection": "keep-alive, Upgrade",
  "Sec-WebSocket-Key": KEY,
  "Sec-WebSocket-Version": "13",
};

const ROUTES = parseRoutes([["GET /chat/:room", "chat"]]).table;

const WAY: Way = {
  ...{ scheme: "http", peer: "127.0.0.1", peerPort: 5 },
  proxies: new TrustedProxies(["127.0.0.1"]),
};

function rules(some: Partial<OpeningRules> = {}): OpeningRules {
  return {
    ...{ target: ROUTES, allowedOrigins: [], subprotocols: [], ...some },
  };
}

function open(
  headers: Readonly<Record<string, string | undefined>> = {},
  some: Partial<OpeningRules> = {},
  [method, url]: readonly [string, string] = ["GET", "/chat/red?q=x"],
) {
  const all = Object.entries({ ...HEADERS, ...headers });
  const rawHeaders = all.flatMap(([name, value]) =>
    value === undefined ? [] : [name, value]
  );
  const request = { method, url, rawHeaders, way: WAY };
  return openingOf(request, rules(some));
}

function statusOf(opening: ReturnType<typeof open>): number {
  return opening.type === "refused" ? opening.refusal.status : 101;
}

Deno.test("openingOf() tells the handler of its client", () => {
  deepStrictEqual(open({ "X-Request-Id": "a1", "Cookie": "c=1" }), {
    type: "open",
    component: "chat",
    info: {
      ...{ method: "GET", path: "/chat/red", query: "q=x" },
      params: [["room", "red"]],
      headers: [
        ...Object.entries(HEADERS)
          .map(([name, value]) => [name.toLowerCase(), value]),
        ...[["cookie", "c=1"], ["x-forwarded-for", "127.0.0.1"]],
        ["x-request-id", "a1"],
      ],
      remoteAddr: "127.0.0.1:5",
    },
    asker: { client: "127.0.0.1", requestId: "a1" },
  });
});

Deno.test("openingOf() believes a proxy that is trusted, and joins what comes twice", () => {
  const opening = open({
    ...{ "X-Forwarded-For": "192.0.2.1, ::2", "X-Forwarded-Host": "chat.test" },
    ...{ "A": "1", "a": "2", "Cookie": "c=1", "cookie": "d=2" },
  });
  strictEqual(opening.type, "open");
  const { info: { headers, remoteAddr }, asker } = opening;
  deepStrictEqual([remoteAddr, asker.client], ["[::2]:0", "::2"]);
  const named = new Map(headers);
  deepStrictEqual(
    ["host", "a", "cookie", "x-forwarded-for"].map((name) => named.get(name)),
    ["chat.test", "1, 2", "c=1; d=2", "::2"],
  );
});

Deno.test("openingOf() refuses more headers than may be", () => {
  const many = Array.from({ length: 100 }, (_, index) => [`h${index}`, ""]);
  strictEqual(statusOf(open(Object.fromEntries(many))), 431);
});

Deno.test("openingOf() hands everything to one component without routes", () => {
  const opening = open({}, { target: "all" }, ["GET", "/any"]);
  strictEqual(opening.type === "open" && opening.component, "all");
  strictEqual(opening.type === "open" && opening.info.query, "");
});

/** Headers, and the status. */
const STATUSES: readonly (readonly [
  string,
  Readonly<Record<string, string | undefined>>,
  number,
])[] = [
  ["no host", { Host: undefined }, 400],
  ["two hosts", { host: "other" }, 400],
  ["a host that is none", { Host: "a/b" }, 400],
  ["a length that is said twice", { "Content-Length": "1, 1" }, 400],
  [
    "proxies that contradict each other",
    { "X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.2" },
    400,
  ],
  ["no upgrade", { Upgrade: undefined }, 426],
  ["another upgrade", { Upgrade: "h2c" }, 426],
  ["a list of upgrades", { Upgrade: "h2c, WebSocket" }, 101],
  ["no connection", { Connection: "keep-alive" }, 426],
  ["no key", { "Sec-WebSocket-Key": undefined }, 426],
  ["a short key", { "Sec-WebSocket-Key": "AAAA" }, 400],
  ["a key of 17 bytes", { "Sec-WebSocket-Key": "A".repeat(24) }, 400],
  [
    "a key that is no Base64",
    { "Sec-WebSocket-Key": KEY.replace("d", "-") },
    400,
  ],
  ["two keys", { "sec-websocket-key": KEY }, 400],
  ["no version", { "Sec-WebSocket-Version": undefined }, 426],
  ["version 8", { "Sec-WebSocket-Version": "8" }, 426],
  ["a subprotocol", { "Sec-WebSocket-Protocol": "a, b" }, 101],
  ["an empty subprotocol", { "Sec-WebSocket-Protocol": "a,," }, 400],
  ["a subprotocol twice", { "Sec-WebSocket-Protocol": "a, a" }, 400],
  ["a subprotocol of two words", { "Sec-WebSocket-Protocol": "a b" }, 400],
];

for (const [what, headers, status] of STATUSES) {
  Deno.test(`openingOf() answers ${status} to ${what}`, () => {
    strictEqual(statusOf(open(headers)), status);
  });
}

/** The request, and its status. */
const REQUESTS = [
  [["GET", "/other"], 404],
  [["GET", "/chat/red/blue"], 404],
  [["POST", "/chat/red"], 404],
  [["GET", "http://rusm/chat/red"], 400],
  [["OPTIONS", "*"], 400],
] as const;

for (const [request, status] of REQUESTS) {
  Deno.test(`openingOf() answers ${status} to ${request.join(" ")}`, () => {
    strictEqual(statusOf(open({}, {}, request)), status);
  });
}

Deno.test("openingOf() answers 400 to another method than GET", () => {
  strictEqual(statusOf(open({}, { target: "all" }, ["POST", "/"])), 400);
});

Deno.test("openingOf() says which version is spoken", () => {
  const opening = open({ "Sec-WebSocket-Version": "14" });
  deepStrictEqual(opening.type === "refused" && opening.refusal.headers, {
    ...{ upgrade: "websocket", connection: "upgrade" },
    "sec-websocket-version": "13",
  });
});

/** The origin, and the status where `https://a` may connect. */
const ORIGINS = [
  ["https://a", 101],
  ["https://a.b", 403],
  ["https://A", 403],
  ["null", 403],
  [undefined, 403],
] as const;

for (const [Origin, status] of ORIGINS) {
  Deno.test(`openingOf() answers ${status} to the origin ${Origin}`, () => {
    const allowedOrigins = ["https://b", "https://a"];
    strictEqual(statusOf(open({ Origin }, { allowedOrigins })), status);
  });
}

Deno.test("openingOf() looks at the origin before the route, and at that before the key", () => {
  const allowedOrigins = ["https://a"];
  const wrong = { "Sec-WebSocket-Key": undefined, Origin: "https://b" };
  strictEqual(statusOf(open(wrong, { allowedOrigins }, ["GET", "/x"])), 403);
  strictEqual(statusOf(open(wrong, {}, ["GET", "/x"])), 404);
});

/** What is offered, and what is agreed on where `a` and `b` are spoken. */
const PROTOCOLS = [
  ["c, b, a", "b"],
  ["c", undefined],
  ["B", undefined],
] as const;

for (const [offered, agreed] of PROTOCOLS) {
  Deno.test(`openingOf() agrees on ${agreed} when ${offered} is offered`, () => {
    const headers = { "Sec-WebSocket-Protocol": offered };
    const opening = open(headers, { subprotocols: ["a", "b"] });
    strictEqual(opening.type === "open" && opening.info.subprotocol, agreed);
  });
}

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { answer, answerOf, unavailable } from "./answer.ts";
import { REPLY_HEAD_CHARS_MAX, REPLY_HEADERS_MAX } from "./limits.ts";

// deno-fmt-ignore
const STATUSES = [
  [400, "bad request\n"],
  [404, "not found\n"],
  [405, "method not allowed\n"],
  [408, "request timeout\n"],
  [413, "content too large\n"],
  [431, "request header fields too large\n"],
  [500, "internal server error\n"],
  [502, "bad gateway\n"],
  [503, "service unavailable\n"],
  [504, "gateway timeout\n"],
] as const;

for (const [status, text] of STATUSES) {
  Deno.test(`answer() says no more than ${text.trim()} when the status is ${status}`, async () => {
    const response = answer(status);
    strictEqual(response.status, status);
    strictEqual(await response.text(), text);
    const isLast = [400, 408, 413, 431].includes(status);
    deepStrictEqual([...response.headers], [
      ...isLast ? [["connection", "close"]] : [],
      ["content-length", String(text.length)],
      ["content-type", "text/plain;charset=UTF-8"],
    ]);
  });
}

Deno.test("answer() adds headers when given some", () => {
  const { headers } = answer(405, { allow: "GET" });
  strictEqual(headers.get("allow"), "GET");
});

Deno.test("unavailable() says when to come back", () => {
  const { status, headers } = unavailable();
  deepStrictEqual([status, headers.get("retry-after")], [503, "1"]);
});

type Head = { status?: unknown; headers?: unknown };

function replyOf(head: Head, body: Uint8Array | null = null) {
  return { type: "reply", head: JSON.stringify(head), body } as const;
}

function responseOf(head: Head, body?: Uint8Array): Response {
  const answered = answerOf(replyOf(head, body));
  if (answered.type === "response") return answered.response;
  throw new Error(answered.why);
}

Deno.test("answerOf() makes the response that the guest asked for", async () => {
  const body = new Uint8Array([0, 255]);
  const headers = [["x-a", "1"], ["set-cookie", "b"], ["set-cookie", "c"]];
  const response = responseOf({ status: 201, headers }, body);
  strictEqual(response.status, 201);
  const sent = [...headers, ["content-length", "2"]];
  deepStrictEqual([...response.headers], sent.toSorted());
  deepStrictEqual(await response.bytes(), body);
});

for (const status of [200, 204, 304, 404, 599]) {
  Deno.test(`answerOf() leaves out the body when ${status} comes without one`, () => {
    const response = responseOf({ status, headers: [] });
    deepStrictEqual([response.status, response.body], [status, null]);
  });
}

// deno-fmt-ignore
const OWN_HEADERS = [
  "connection", "Content-Length", "keep-alive", "proxy-connection", "TE",
  "trailer", "Transfer-Encoding", "upgrade",
];

for (const name of OWN_HEADERS) {
  Deno.test(`answerOf() leaves out ${name}, which is the node's`, () => {
    const headers = [[name, "1"], ["x-a", "2"]];
    const response = responseOf({ status: 200, headers });
    deepStrictEqual([...response.headers], [["x-a", "2"]]);
  });
}

const MANY = Array.from({ length: REPLY_HEADERS_MAX }, () => ["x-a", "b"]);
const EMPTY_COUNT =
  JSON.stringify({ status: 200, headers: [["a", ""]] }).length;
const LONG = "b".repeat(REPLY_HEAD_CHARS_MAX - EMPTY_COUNT);

/** Header lists as large or as strange as they may be. */
// deno-fmt-ignore
const HEADERS: readonly (readonly [string, string[][]])[] = [
  ["as many as allowed", MANY],
  ["as long as allowed", [["a", LONG]]],
  ["an empty value", [["a", ""]]],
  ["a tab", [["a", "b\tc"]]],
  ["Latin-1", [["a", "\x80\xe9\xff"]]],
];

for (const [what, headers] of HEADERS) {
  Deno.test(`answerOf() takes headers when there is ${what}`, () => {
    responseOf({ status: 200, headers });
  });
}

/** Heads that cannot be sent, as text, and why. */
// deno-fmt-ignore
const INVALID: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "{", /JSON/],
  ["null", "null", /null/],
  ["a number", "5", /this status: undefined/],
  ["text", '"head"', /this status: undefined/],
  ["nothing in it", "{}", /this status: undefined/],
  ["no status", '{"headers":[]}', /this status: undefined/],
  ["a status in text", '{"status":"200","headers":[]}', /this status: "200"/],
  ["a fraction", '{"status":200.5,"headers":[]}', /this status: 200\.5/],
  ["an interim status", '{"status":101,"headers":[]}', /this status: 101/],
  ["a status that Deno leaves unframed", '{"status":205,"headers":[]}', /this status: 205/],
  ["a status that is none", '{"status":600,"headers":[]}', /this status: 600/],
  ["no headers", '{"status":200}', /headers that are no list/],
  ["a header that is no pair", '{"status":200,"headers":[1]}', /iterable/],
  ["a header without a value", '{"status":200,"headers":[["a"]]}', /no text/],
  ["a value that is no text", '{"status":200,"headers":[["a",1]]}', /no text/],
  ["a name that is no token", '{"status":200,"headers":[["a:","b"]]}', /header name/i],
  ["too many headers", `{"status":200,"headers":${JSON.stringify([...MANY, ["a", "b"]])}}`, /more than 96 headers: got 97/],
  ["too long a head", JSON.stringify({ status: 200, headers: [["a", `${LONG}b`]] }), /more than 65536 characters: got 65537/],
];

for (const [what, head, why] of INVALID) {
  Deno.test(`answerOf() says why when there is ${what}`, () => {
    const answered = answerOf({ type: "reply", head, body: null });
    strictEqual(answered.type, "invalid");
    match(answered.type === "invalid" ? answered.why : "", why);
  });
}

Deno.test("answerOf() refuses what would end the program: control characters", () => {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const refused = codes.filter((code) => {
    const value = `a${String.fromCharCode(code)}b`;
    const reply = replyOf({ status: 200, headers: [["a", value]] });
    return answerOf(reply).type === "invalid";
  });
  const controls = codes.filter((code) =>
    code < 32 && code !== 9 || code === 127
  );
  deepStrictEqual(refused, controls);
});

for (const status of [204, 304]) {
  Deno.test(`answerOf() refuses a body when the status is ${status}`, () => {
    const reply = replyOf({ status, headers: [] }, new Uint8Array(1));
    strictEqual(answerOf(reply).type, "invalid");
  });
}

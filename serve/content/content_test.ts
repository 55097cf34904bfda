import { deepStrictEqual, strictEqual } from "node:assert";
import {
  brotliDecompressSync,
  gunzipSync,
  zstdDecompressSync,
} from "node:zlib";
import { CODINGS } from "./coding.ts";
import { type Content, withContent } from "./content.ts";
import type { CorsRules } from "./cors.ts";

const NOTHING: Content = { headers: [], cors: undefined, codings: [] };

const CORS: CorsRules = {
  origins: ["https://a.example"],
  methods: ["PUT"],
  headers: ["x-a", "x-b"],
  expose: ["x-c"],
  credentials: false,
  maxAgeSeconds: 60,
};

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

async function ask(
  content: Partial<Content>,
  asking: Asking = {},
  response: Response = new Response("hello"),
): Promise<Response> {
  const dispatch = withContent(
    { ...NOTHING, ...content },
    () => Promise.resolve(response),
  );
  return await dispatch(new Request("http://localhost/", asking));
}

const PREFLIGHT = {
  method: "OPTIONS",
  headers: {
    "origin": "https://a.example",
    "access-control-request-method": "PUT",
  },
};

Deno.test("withContent() answers a preflight without asking anyone", async () => {
  const content = { ...NOTHING, cors: CORS };
  const dispatch = withContent(
    content,
    () => Promise.reject(new Error("asked")),
  );
  const response = await dispatch(new Request("http://localhost/", PREFLIGHT));
  strictEqual(response.status, 204);
  deepStrictEqual(Object.fromEntries(response.headers), {
    "access-control-allow-headers": "x-a, x-b",
    "access-control-allow-methods": "PUT",
    "access-control-allow-origin": "https://a.example",
    "access-control-max-age": "60",
    "vary": "origin",
  });
});

Deno.test("withContent() grants a preflight of another origin nothing", async () => {
  const headers = { ...PREFLIGHT.headers, origin: "https://b.example" };
  const response = await ask({ cors: CORS }, { ...PREFLIGHT, headers });
  strictEqual(response.status, 204);
  deepStrictEqual(Object.fromEntries(response.headers), { vary: "origin" });
});

Deno.test("withContent() leaves OPTIONS that are no preflight to the handler", async () => {
  const response = await ask({ cors: CORS }, { method: "OPTIONS" });
  strictEqual(await response.text(), "hello");
});

// What a page is told, by who asks.
// deno-fmt-ignore
const ORIGINS: readonly (readonly [Partial<CorsRules>, string | undefined, string | null, string | null])[] = [
  [{},                      "https://a.example", "https://a.example", "origin"],
  [{},                      "https://b.example", null,                "origin"],
  [{},                      undefined,           null,                "origin"],
  [{},                      "null",              null,                "origin"],
  [{ origins: ["*"] },      "https://b.example", "*",                 null],
  [{ origins: ["*"] },      undefined,           null,                null],
];

for (const [rules, origin, allowed, vary] of ORIGINS) {
  Deno.test(`withContent() lets ${origin} read ${JSON.stringify(rules)}`, async () => {
    const own = { "access-control-allow-origin": "https://evil.example" };
    const response = await ask(
      { cors: { ...CORS, ...rules } },
      { headers: origin === undefined ? {} : { origin } },
      new Response("hello", { headers: own }),
    );
    const { headers } = response;
    strictEqual(headers.get("access-control-allow-origin"), allowed);
    strictEqual(headers.get("access-control-expose-headers"), allowed && "x-c");
    strictEqual(headers.get("vary"), vary);
  });
}

Deno.test("withContent() says that cookies may go along", async () => {
  const { headers } = await ask(
    { cors: { ...CORS, credentials: true } },
    PREFLIGHT,
  );
  strictEqual(headers.get("access-control-allow-credentials"), "true");
});

Deno.test("withContent() replaces headers of the handler, and adds to Vary", async () => {
  const response = await ask(
    { headers: [["x-a", "node"], ["vary", "cookie"]] },
    {},
    new Response("hello", { headers: { "x-a": "guest", "vary": "accept" } }),
  );
  strictEqual(response.headers.get("x-a"), "node");
  strictEqual(response.headers.get("vary"), "accept, cookie");
});

Deno.test("withContent() has no body for HEAD, and ends it", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({ cancel: () => cancelled.resolve() });
  const response = await ask({}, { method: "HEAD" }, new Response(body));
  strictEqual(await response.text(), "");
  await cancelled.promise;
});

const LONG = "0123456789 hello ".repeat(10_000);

const DECODERS = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
} as const;

for (const coding of CODINGS) {
  Deno.test(`withContent() compresses with ${coding}`, async () => {
    const response = await ask(
      { codings: CODINGS },
      { headers: { "accept-encoding": coding } },
      longResponse({ etag: '"x"', "accept-ranges": "bytes" }),
    );
    deepStrictEqual(Object.fromEntries(response.headers), {
      "content-encoding": coding,
      "content-type": "text/plain;charset=UTF-8",
      "etag": 'W/"x"',
      "vary": "accept-encoding",
    });
    const bytes = await response.bytes();
    strictEqual(bytes.length < LONG.length / 10, true);
    strictEqual(new TextDecoder().decode(DECODERS[coding](bytes)), LONG);
  });

  Deno.test(`withContent() sends each event at once with ${coding}`, async () => {
    const { readable, writable } = new TransformStream<
      Uint8Array,
      Uint8Array
    >();
    const writer = writable.getWriter();
    const headers = { "content-type": "text/event-stream" };
    const response = await ask(
      { codings: CODINGS },
      { headers: { "accept-encoding": coding } },
      new Response(readable, { headers }),
    );
    const reader = response.body!.getReader();
    for (let index = 0; index < 3; index++) {
      const sent = writer.write(new TextEncoder().encode(`data: ${index}\n\n`));
      strictEqual((await reader.read()).done, false);
      await sent;
    }
    const aborted = writer.closed.catch(() => "closed");
    await reader.cancel();
    strictEqual(await aborted, "closed");
  });
}

function longResponse(headers: Record<string, string> = {}): Response {
  const length = { "content-length": String(LONG.length) };
  return new Response(LONG, { headers: { ...length, ...headers } });
}

const GZIP = { headers: { "accept-encoding": "gzip" } };

// What is in the way of compressing, if anything.
// deno-fmt-ignore
const LEFT_ALONE: readonly (readonly [string, Asking, Response, string | null])[] = [
  ["long text",       GZIP, longResponse(), "gzip"],
  ["no coding",       {},   longResponse(), null],
  ["an image",        GZIP, longResponse({ "content-type": "image/png" }), null],
  ["no type",         GZIP, new Response(new Uint8Array(999)), null],
  ["a coding",        GZIP, longResponse({ "content-encoding": "br" }), "br"],
  ["no-transform",    GZIP, longResponse({ "cache-control": "private, no-transform" }), null],
  ["a part",          GZIP, new Response(LONG, { status: 206 }), null],
  ["a part of 200",   GZIP, longResponse({ "content-range": "bytes 0-1/2" }), null],
  ["short text",      GZIP, longResponse({ "content-length": "255" }), null],
  ["short enough",    GZIP, longResponse({ "content-length": "256" }), "gzip"],
  ["short, encoded",  { headers: { "accept-encoding": "gzip, identity;q=0" } },
                            longResponse({ "content-length": "255" }), "gzip"],
  ["HEAD",            { ...GZIP, method: "HEAD" }, longResponse(), "gzip"],
  ["HEAD of anything", { ...GZIP, method: "HEAD" }, new Response(LONG), null],
];

for (const [what, asking, given, coding] of LEFT_ALONE) {
  Deno.test(`withContent() of ${what} has the coding ${coding}`, async () => {
    const response = await ask({ codings: CODINGS }, asking, given);
    strictEqual(response.headers.get("content-encoding"), coding);
    await response.body?.cancel();
  });
}

Deno.test("withContent() breaks off what breaks off", async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new TypeError("broken")),
  });
  const headers = { "content-type": "text/plain" };
  const response = await ask(
    { codings: CODINGS },
    GZIP,
    new Response(body, { headers }),
  );
  const failure = await response.text().catch((error) => error.message);
  strictEqual(failure, "broken");
});

Deno.test("withContent() reads no faster than it is read", async () => {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(crypto.getRandomValues(new Uint8Array(65_536)));
    },
  }, { highWaterMark: 0 });
  const headers = { "content-type": "text/plain" };
  const response = await ask(
    { codings: CODINGS },
    GZIP,
    new Response(body, { headers }),
  );
  const reader = response.body!.getReader();
  strictEqual(pulled, 0);
  await reader.read();
  strictEqual(pulled, 1);
  await reader.cancel();
});

for (
  const [vary, expected] of [
    ["Accept-Encoding", "Accept-Encoding"],
    ["origin, accept-encoding", "origin, accept-encoding"],
    ["*", "*"],
    ["x-accept-encoding", "x-accept-encoding, accept-encoding"],
  ]
) {
  Deno.test(`withContent() says once that codings differ, beside ${vary}`, async () => {
    const content: Partial<Content> = { codings: CODINGS };
    const headers = { "content-type": "text/plain", "vary": vary! };
    const response = await ask(content, {}, new Response("hello", { headers }));
    strictEqual(response.headers.get("vary"), expected);
  });
}

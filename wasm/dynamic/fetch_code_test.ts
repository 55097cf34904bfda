import { rejects, strictEqual } from "node:assert";
import { fetchCode, type FetchCodeOptions } from "./fetch_code.ts";

type Answer = (request: Request, path: string) => Response | Promise<Response>;

const ANSWERS: Record<string, Answer> = {
  "/code": () => new Response("code"),
  "/empty": () => new Response(null, { status: 204 }),
  "/to": () => redirect("/code"),
  "/round": () => redirect("/round"),
  "/file": () => redirect("file:///etc/passwd"),
  "/away": (_request, path) => redirect(`http://localhost${path}`),
  "/large": () => new Response(endless()),
  "/late": (request) =>
    new Promise((resolve) => {
      request.signal.addEventListener("abort", () => resolve(new Response()));
    }),
};

function redirect(location: string): Response {
  return new Response("elsewhere", { status: 302, headers: { location } });
}

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
  });
}

async function withServer(
  test: (base: string) => Promise<void>,
): Promise<void> {
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, (request) => {
    const { pathname } = new URL(request.url);
    return ANSWERS[pathname]?.(request, pathname) ??
      new Response("nothing", { status: 404 });
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

async function fetchText(
  href: string,
  options: Partial<FetchCodeOptions> = {},
): Promise<string> {
  const denial = () => undefined;
  const bytes = await fetchCode(new URL(href), { denial, ...options });
  return new TextDecoder().decode(bytes);
}

for (
  const [path, body] of [["/code", "code"], ["/to", "code"], ["/empty", ""]]
) {
  Deno.test(`fetchCode() of ${path} gives the whole body`, () =>
    withServer(async (base) => {
      strictEqual(await fetchText(base + path), body);
    }));
}

const FAILURES: [
  path: string,
  why: string,
  options?: Partial<FetchCodeOptions>,
][] = [
  ["/nothing", "Cannot fetch URL/nothing: answered 404"],
  ["/round", "Cannot follow more than 5 redirects: URL/round"],
  ["/file", "Cannot follow a redirect to what is no web address: URL/file"],
  ["/large", "Cannot fetch more than 5000 bytes: URL/large", {
    bytesMax: 5_000,
  }],
  ["/late", "Cannot fetch within 50 ms: URL/late", { msMax: 50 }],
  ["/large", "Cannot fetch within 50 ms: URL/large", {
    ...{ msMax: 50, bytesMax: Infinity },
  }],
  ["/code", "no", { denial: () => "no" }],
  ["/away", "no localhost", {
    denial: ({ hostname }) =>
      hostname === "localhost" ? "no localhost" : undefined,
  }],
  ["/late", "stop", { signal: AbortSignal.abort(new Error("stop")) }],
];

for (const [path, why, options] of FAILURES) {
  Deno.test(`fetchCode() of ${path} says ${why}`, () =>
    withServer(async (base) => {
      const message = why.replace("URL", base);
      await rejects(fetchText(base + path, options), { message });
    }));
}

import { type Bucket, type Context, kv } from "@rusm/wasm/guest";

const CODE_LENGTH = 6;
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const URL_LENGTH_MAX = 2048;
const LINKS_PER_PAGE = 100;

// What is in them outlives this process, and is shared with all others.
const urls = kv.bucket("urls");
const follows = kv.bucket("follows");

/** `POST /links` with `{ "url": … }`: gives the URL a code. */
export async function add(request: Request): Promise<Response> {
  const url = urlIn(await request.text());
  if (url === undefined) {
    const error = 'Send {"url": "https://…"}';
    return Response.json({ error }, { status: 400 });
  }
  const code = claimCode(url);
  const link = new URL(`/${code}`, request.url).href;
  const headers = { location: link };
  return Response.json({ code, link }, { status: 201, headers });
}

/** `GET /:code`: sends the client to the URL, and counts it. */
export function follow(_: Request, { params }: Context): Response {
  const code = params.code ?? "";
  const url = urls.getText(code);
  if (url === null) return new Response("No such link\n", { status: 404 });
  increment(follows, code);
  return Response.redirect(url, 302);
}

/** `GET /links?after=CODE`: a page of links, in the order of their codes. */
export function list(request: Request): Response {
  const after = new URL(request.url).searchParams.get("after") ?? "";
  const codes = urls.list({ after, limit: LINKS_PER_PAGE });
  return Response.json(codes.map((code) => ({
    code,
    url: urls.getText(code),
    follows: Number(follows.getText(code)),
  })));
}

function urlIn(body: string): string | undefined {
  try {
    const { href, protocol } = new URL(JSON.parse(body).url);
    const isLink = /^https?:$/.test(protocol) && href.length <= URL_LENGTH_MAX;
    return isLink ? href : undefined;
  } catch {
    return undefined; // No JSON, or no URL in it.
  }
}

// Two processes may choose the same code: compareAndSet lets one of them have it.
function claimCode(url: string): string {
  for (;;) {
    const code = randomCode();
    if (urls.compareAndSet(code, null, url)) return code;
  }
}

function randomCode(): string {
  // A remainder prefers the first letters a little, which does no harm here.
  const random = crypto.getRandomValues(new Uint32Array(CODE_LENGTH));
  return Array.from(random, (each) => ALPHABET[each % ALPHABET.length])
    .join("");
}

// Another process may count meanwhile: then this one looks again.
function increment(counts: Bucket, key: string): void {
  for (;;) {
    const count = counts.getText(key);
    const next = String(Number(count) + 1);
    if (counts.compareAndSet(key, count, next)) return;
  }
}

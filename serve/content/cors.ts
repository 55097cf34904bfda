/**
 * Cross-origin requests: which pages of others may read what is answered.
 *
 * @module
 */

/** Who may read, and ask for what. */
export interface CorsRules {
  /** Origins as browsers write them, `https://a.example`; `"*"` alone for all. */
  readonly origins: readonly string[];
  /** Methods that a page may use; upper case, or `"*"`. */
  readonly methods: readonly string[];
  /** Headers that it may send, beside those that any page may; or `"*"`. */
  readonly headers: readonly string[];
  /** Headers of the response that it may read, beside those that any page may; or `"*"`. */
  readonly expose: readonly string[];
  /** Whether cookies go along. Then nothing is `"*"`. */
  readonly credentials: boolean;
  /** How long a browser remembers what it was told, in seconds; its own default when `undefined`. */
  readonly maxAgeSeconds: number | undefined;
}

/**
 * The answer to a browser that asks beforehand, without asking anyone else:
 * `OPTIONS` with `Origin` and `Access-Control-Request-Method`.
 *
 * @returns `undefined` when it is another request.
 */
export function answerPreflight(
  { method, headers }: Request,
  rules: CorsRules,
): Response | undefined {
  const isPreflight = method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method");
  if (!isPreflight) return undefined;
  const response = new Response(null, { status: 204 });
  if (allowOrigin(headers, response.headers, rules)) {
    allowRequests(response.headers, rules);
  }
  return response;
}

/**
 * Says in `response` whether the page may read it. What the handler says of
 * that is replaced: one place decides.
 */
export function allowReading(
  { headers }: Request,
  response: Headers,
  rules: CorsRules,
): void {
  for (const name of OWN) response.delete(name);
  if (!allowOrigin(headers, response, rules)) return;
  setList(response, "access-control-expose-headers", rules.expose);
}

const OWN = [
  "access-control-allow-credentials",
  "access-control-allow-headers",
  "access-control-allow-methods",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "access-control-max-age",
];

function allowOrigin(
  request: Headers,
  response: Headers,
  { origins, credentials }: CorsRules,
): boolean {
  const isForAll = origins.includes("*");
  const origin = request.get("origin");
  // Who is answered otherwise to another origin must not be cached for it.
  if (!isForAll) response.append("vary", "origin");
  if (origin === null || !(isForAll || origins.includes(origin))) return false;
  response.set("access-control-allow-origin", isForAll ? "*" : origin);
  if (credentials) response.set("access-control-allow-credentials", "true");
  return true;
}

function allowRequests(
  response: Headers,
  { methods, headers, maxAgeSeconds }: CorsRules,
): void {
  setList(response, "access-control-allow-methods", methods);
  setList(response, "access-control-allow-headers", headers);
  if (maxAgeSeconds !== undefined) {
    response.set("access-control-max-age", String(maxAgeSeconds));
  }
}

function setList(
  response: Headers,
  name: string,
  values: readonly string[],
): void {
  if (values.length > 0) response.set(name, values.join(", "));
}

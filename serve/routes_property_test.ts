import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import {
  matchRoute,
  parseRoutes,
  type Route,
  type RouteMatch,
  type Segment,
} from "./routes.ts";

// Small alphabets, so that routes meet: most random paths match several.
const SEGMENT = fc.constantFrom("a", "b", "%61", "c%2Fd", ":x", ":y");
const METHOD = fc.constantFrom("GET", "HEAD", "POST", "OPTIONS");
const PATTERN = fc.tuple(
  fc.uniqueArray(SEGMENT, { maxLength: 4 }),
  fc.constantFrom("", "/*"),
).map(([segments, end]) => `/${segments.join("/")}${end}`);
const KEY = fc.tuple(METHOD, PATTERN).map((parts) => parts.join(" "));
const KEYS = fc.uniqueArray(KEY, { maxLength: 20 });
// No twins: each has a shape of its own.
const DISTINCT_KEYS = fc.uniqueArray(KEY, {
  maxLength: 20,
  selector: (key) => key.replaceAll(/:\w/g, ":").replaceAll("%61", "a"),
});
const PATH = fc.array(
  fc.constantFrom("a", "b", "%61", "c%2fd", "z", "", "%"),
  { maxLength: 5 },
).map((segments) => `/${segments.join("/")}`);

Deno.test("matchRoute() agrees with a scan of all routes", () => {
  fc.assert(
    fc.property(KEYS, METHOD, PATH, (keys, method, path) => {
      const { table } = parseRoutes(keys.map((key) => [key, targetOf(key)]));
      deepStrictEqual(
        matchRoute(table, method, path),
        scan(table.routes, method, path),
      );
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("matchRoute() does not mind the order of the routes", () => {
  fc.assert(
    fc.property(
      DISTINCT_KEYS,
      METHOD,
      PATH,
      fc.nat(),
      (keys, method, path, seed) => {
        const entries = keys.map((key) => [key, targetOf(key)] as const);
        const start = seed % (entries.length + 1);
        const turned = [...entries.slice(start), ...entries.slice(0, start)];
        deepStrictEqual(
          matchRoute(parseRoutes(turned).table, method, path),
          matchRoute(parseRoutes(entries).table, method, path),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

function targetOf(key: string): string {
  return /^GET .*\*$/.test(key) ? `dir:${key}` : `c#${key}`;
}

// The model: look at every route, keep those that match, sort by preference.
function scan(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch {
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.includes("%")) return { type: "malformed" };
  const values = segments.map(decodeURIComponent);
  const matching = routes.filter((route) => matches(route, values));
  const usable = matching.filter((route) => answers(route, method, matching));
  const [best] = usable.toSorted((left, right) =>
    rank(left) < rank(right) ? -1 : 1
  );
  if (best !== undefined) return toMatch(best, values);
  if (matching.length === 0) return { type: "notFound" };
  const methods = matching.map((route) => route.method);
  if (methods.includes("GET")) methods.push("HEAD");
  const allow = [...new Set([...methods, "OPTIONS"])].sort();
  return { type: method === "OPTIONS" ? "options" : "methodNotAllowed", allow };
}

function matches(
  { segments, directory }: Route,
  values: readonly string[],
): boolean {
  const isOpen = segments.at(-1)?.type === "wildcard";
  const least = segments.length - (directory === undefined ? 0 : 1);
  const hasLength = isOpen
    ? values.length >= least
    : values.length === segments.length;
  return hasLength &&
    segments.every((segment, index) =>
      segment.type !== "literal" || segment.text === values[index]
    );
}

function answers(
  route: Route,
  method: string,
  matching: readonly Route[],
): boolean {
  if (route.method === method) return true;
  const hasTwin = matching.some((other) =>
    other.method === "HEAD" && rank(other) === rank(route)
  );
  return method === "HEAD" && route.method === "GET" && !hasTwin;
}

// Of two routes that match one path, the preferred one has the smaller rank.
// Where one has ended, the other cannot go on but with a wildcard.
function rank({ segments }: Route): string {
  const ORDER = { literal: "0", param: "1", wildcard: "2" };
  return segments.map((segment) => ORDER[segment.type]).join("");
}

function toMatch(route: Route, values: readonly string[]): RouteMatch {
  const params = route.segments.flatMap((segment, index) =>
    toParams(segment, values.slice(index))
  );
  const { key, component, action, directory } = route;
  if (component !== undefined) {
    return { type: "match", key, component, action, params };
  }
  const rest = values.slice(route.segments.length - 1);
  return { type: "files", directory, segments: rest };
}

function toParams(
  segment: Segment,
  rest: readonly string[],
): [string, string][] {
  switch (segment.type) {
    case "literal":
      return [];
    case "param":
      return [[segment.name, rest[0] ?? ""]];
    case "wildcard":
      return [["*", rest.join("/")]];
  }
}

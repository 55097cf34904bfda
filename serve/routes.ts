/**
 * The route table: which component answers a method and a path.
 *
 * A pattern is a path whose segments are literal, `:name` (one segment) or, as
 * the last one, `*` (one segment or more; of a directory, none too). Empty
 * segments do not count, so `/a//b/` is `/a/b`.
 *
 * @module
 */

import {
  decodeSegment,
  parseRoute,
  type Route,
  type RouteProblem,
  type RouteResult,
  type Segment,
} from "./route.ts";

export type {
  Pattern,
  Route,
  RouteProblem,
  RouteTarget,
  Segment,
} from "./route.ts";

/** Routes, ready to be matched. Made by {@linkcode parseRoutes}. */
export interface RouteTable {
  /** In the order in which they were given. */
  readonly routes: readonly Route[];
  /** Where matching starts. */
  readonly root: RouteNode;
}

/** Routes that agree on their segments so far. */
export interface RouteNode {
  /** What follows, by percent-decoded literal segment. */
  readonly literals: ReadonlyMap<string, RouteNode>;
  /** What follows any one segment. */
  readonly param: RouteNode | undefined;
  /** Routes that take all segments that are left, by method. */
  readonly wildcards: ReadonlyMap<string, Route>;
  /** Routes that end here, by method. */
  readonly ends: ReadonlyMap<string, Route>;
  /** Directories that begin here, by method: those of `wildcards`. */
  readonly mounts: ReadonlyMap<string, Route>;
}

/** Which route a request takes. */
export type RouteMatch =
  | {
    readonly type: "match";
    /** Of the route, as it was given: method and pattern. */
    readonly key: string;
    /** Name of the component that answers. */
    readonly component: string;
    /** What it is asked to do, when the route says. */
    readonly action: string | undefined;
    /** Name and percent-decoded value, in the order of the path; `*` is the rest. */
    readonly params: readonly (readonly [name: string, value: string])[];
  }
  | {
    /** A directory answers. */
    readonly type: "files";
    /** As the route has it. */
    readonly directory: string;
    /** What the `*` matched, percent-decoded one by one: any of them can be `..`, or have a `/` in it. */
    readonly segments: readonly string[];
  }
  /** The path is served, with other methods: those in `allow`, sorted. */
  | { readonly type: "methodNotAllowed"; readonly allow: readonly string[] }
  /** The same, where it was `OPTIONS` that no route has: the question is what there is. */
  | { readonly type: "options"; readonly allow: readonly string[] }
  /** The percent-encoding of the path makes no sense. */
  | { readonly type: "malformed" }
  | { readonly type: "notFound" };

// A node while the table is built.
interface OpenNode extends RouteNode {
  readonly literals: Map<string, OpenNode>;
  param: OpenNode | undefined;
  readonly wildcards: Map<string, Route>;
  readonly ends: Map<string, Route>;
  readonly mounts: Map<string, Route>;
}

/**
 * Builds the table of `entries`, each `"METHOD /pattern"` and its target,
 * `"component"`, `"component#action"` or `"dir:path"`.
 *
 * Two routes of one method that differ at most in the names of their
 * parameters are a problem: no request could tell them apart.
 *
 * @returns The table of the entries without a problem, and the problems in the
 * order of the entries.
 *
 * @example A literal is preferred to a parameter
 * ```ts
 * import { matchRoute, parseRoutes } from "@rusm/serve";
 * import { deepStrictEqual } from "node:assert";
 *
 * const { table } = parseRoutes([
 *   ["GET /users/:id", "users#show"],
 *   ["GET /users/new", "users#form"],
 * ]);
 * deepStrictEqual(matchRoute(table, "GET", "/users/7?full=1"), {
 *   type: "match",
 *   key: "GET /users/:id",
 *   component: "users",
 *   action: "show",
 *   params: [["id", "7"]],
 * });
 * ```
 */
export function parseRoutes(
  entries: Iterable<readonly [key: string, target: string]>,
): { readonly table: RouteTable; readonly problems: readonly RouteProblem[] } {
  const root = openNode();
  const routes: Route[] = [];
  const problems: RouteProblem[] = [];
  for (const [key, target] of entries) {
    const parsed = parseRoute(key, target);
    const added = parsed.type === "route"
      ? addRoute(root, parsed.route)
      : parsed;
    if (added.type === "route") routes.push(added.route);
    else problems.push(added.problem);
  }
  return { table: { routes, root }, problems };
}

function addRoute(root: OpenNode, route: Route): RouteResult {
  const byMethod = route.segments.reduce<OpenNode>(enterNode, root);
  const isOpen = route.segments.at(-1)?.type === "wildcard";
  const slot = isOpen ? byMethod.wildcards : byMethod.ends;
  const twin = slot.get(route.method);
  if (twin !== undefined) {
    return { type: "invalid", problem: twinProblem(route, twin) };
  }
  slot.set(route.method, route);
  if (route.directory !== undefined) byMethod.mounts.set(route.method, route);
  return { type: "route", route };
}

function twinProblem({ key }: Route, twin: Route): RouteProblem {
  const [route, other] = [key, twin.key].map((key) => JSON.stringify(key));
  return {
    key,
    part: "key",
    message: `Route ${route} matches the same requests as ${other}`,
    hint: "remove one of the two",
  };
}

function enterNode(node: OpenNode, segment: Segment): OpenNode {
  switch (segment.type) {
    case "literal": {
      const next = node.literals.get(segment.text) ?? openNode();
      node.literals.set(segment.text, next);
      return next;
    }
    case "param":
      return node.param ??= openNode();
    case "wildcard":
      return node;
  }
}

function openNode(): OpenNode {
  return {
    literals: new Map(),
    param: undefined,
    wildcards: new Map(),
    ends: new Map(),
    mounts: new Map(),
  };
}

/**
 * Finds the route of a request.
 *
 * Among the routes that match path and method, the first segment in which they
 * differ decides: a literal is preferred to a parameter, a parameter to `*`,
 * and a path that ends to a directory that begins there. So no two can tie, in
 * whichever order they are written.
 * A `GET` route stands for `HEAD` too, unless a `HEAD` route has its pattern.
 *
 * Segments are percent-decoded one by one, so `%2F` does not end a segment. A
 * path with malformed percent-encoding matches nothing.
 *
 * @param method Compared as it is: upper case.
 * @param path Starts with `/`; cut at the first `?` or `#`.
 */
export function matchRoute(
  table: RouteTable,
  method: string,
  path: string,
): RouteMatch {
  const segments = splitPath(path);
  if (segments === undefined) return { type: "malformed" };
  const search: Search = { method, segments, allow: new Set() };
  const route = findRoute(table.root, 0, search);
  if (route !== undefined) return toMatch(route, segments);
  if (search.allow.size === 0) return { type: "notFound" };
  const allow = [...search.allow.add("OPTIONS")].sort();
  return { type: method === "OPTIONS" ? "options" : "methodNotAllowed", allow };
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  // Methods of the routes that match the path, of those looked at so far.
  readonly allow: Set<string>;
}

// Every node is at one depth, so no search enters a node twice.
function findRoute(
  node: RouteNode,
  depth: number,
  search: Search,
): Route | undefined {
  const segment = search.segments[depth];
  if (segment === undefined) {
    return pickMethod(node.ends, search) ?? pickMethod(node.mounts, search);
  }
  const literal = node.literals.get(segment);
  return (literal && findRoute(literal, depth + 1, search)) ??
    (node.param && findRoute(node.param, depth + 1, search)) ??
    pickMethod(node.wildcards, search);
}

function pickMethod(
  routes: ReadonlyMap<string, Route>,
  { method, allow }: Search,
): Route | undefined {
  const route = routes.get(method) ??
    (method === "HEAD" ? routes.get("GET") : undefined);
  if (route !== undefined) return route;
  for (const allowed of routes.keys()) allow.add(allowed);
  if (routes.has("GET")) allow.add("HEAD");
  return undefined;
}

function toMatch(route: Route, segments: readonly string[]): RouteMatch {
  const { key, component, action, directory } = route;
  if (component === undefined) {
    const rest = segments.slice(route.segments.length - 1);
    return { type: "files", directory, segments: rest };
  }
  const params: [string, string][] = [];
  for (const [index, segment] of route.segments.entries()) {
    if (segment.type === "param") {
      params.push([segment.name, segments[index] ?? ""]);
    } else if (segment.type === "wildcard") {
      params.push(["*", segments.slice(index).join("/")]);
    }
  }
  return { type: "match", key, component, action, params };
}

function splitPath(path: string): string[] | undefined {
  const [beforeQuery = ""] = path.split("?", 1);
  const [pathOnly = ""] = beforeQuery.split("#", 1);
  const segments = pathOnly.split("/").filter((segment) => segment !== "");
  if (!pathOnly.includes("%")) return segments;
  const decoded = segments.map(decodeSegment);
  return decoded.every((segment) => segment !== undefined)
    ? decoded
    : undefined;
}

/**
 * One route, as it is written: `"GET /users/:id" = "users#show"`,
 * `"GET /assets/*" = "dir:public"`.
 *
 * @module
 */

/** One route of a table. */
export type Route = Pattern & RouteTarget;

/** What a route matches. */
export interface Pattern {
  /** As it was given, `"GET /users/:id"`. */
  readonly key: string;
  /** Upper case. */
  readonly method: string;
  /** Of the pattern, in order. */
  readonly segments: readonly Segment[];
}

/** Who answers. */
export type RouteTarget =
  | {
    /** Name of the component that answers. */
    readonly component: string;
    /** What it is asked to do; `undefined` when the target has no `#`. */
    readonly action: string | undefined;
    /** None. */
    readonly directory: undefined;
  }
  | {
    /** None. */
    readonly component: undefined;
    /** None. */
    readonly action: undefined;
    /** Path of the directory whose files answer, relative to the app. */
    readonly directory: string;
  };

/** One segment of a pattern. */
export type Segment =
  /** Exactly `text`, percent-decoded. */
  | { readonly type: "literal"; readonly text: string }
  /** Any one segment. */
  | { readonly type: "param"; readonly name: string }
  /** All that is left, one segment or more. Only as the last one. */
  | { readonly type: "wildcard" };

/** What is wrong with one entry of a table. */
export interface RouteProblem {
  /** The entry's key, as it was given. */
  readonly key: string;
  /** Which half of the entry is wrong. */
  readonly part: "key" | "target";
  /** What was found; names the route. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** A route, or what is wrong with it. */
export type RouteResult =
  | { readonly type: "route"; readonly route: Route }
  | { readonly type: "invalid"; readonly problem: RouteProblem };

/**
 * Parses one entry of a route table.
 *
 * @param key Method, white space, pattern. The method is put in upper case.
 * @param target `component`, `component#action`, or `dir:path`.
 */
export function parseRoute(key: string, target: string): RouteResult {
  const [, method, pattern] = /^\s*(\S+)\s+(\S+)\s*$/.exec(key) ?? [];
  if (method === undefined || pattern === undefined) {
    return invalidKey(key, 'write "METHOD /path"');
  }
  const hint = hintForMethod(method) ?? hintForPattern(pattern);
  if (hint !== undefined) return invalidKey(key, hint);
  const segments = splitPattern(pattern).map(toSegment);
  const route = { key, method: method.toUpperCase(), segments };
  return target.startsWith(DIRECTORY)
    ? toDirectory(route, target)
    : toComponent(route, target);
}

const DIRECTORY = "dir:";

function toComponent(pattern: Pattern, target: string): RouteResult {
  const [component = "", action, ...rest] = target.split("#");
  if (component === "" || action === "" || rest.length > 0) {
    return invalidTarget(pattern.key, target);
  }
  const route = { ...pattern, component, action, directory: undefined };
  return { type: "route", route };
}

function toDirectory(pattern: Pattern, target: string): RouteResult {
  const { key, method, segments } = pattern;
  const directory = target.slice(DIRECTORY.length);
  if (directory === "") return invalidTarget(key, target);
  if (method !== "GET") {
    return invalidKey(key, 'put GET first: "dir:" answers GET and HEAD');
  }
  if (segments.at(-1)?.type !== "wildcard") {
    return invalidKey(key, 'end the path of a "dir:" with "/*"');
  }
  const own = { component: undefined, action: undefined, directory };
  return { type: "route", route: { ...pattern, ...own } };
}

/** Percent-decodes one segment; `undefined` when its encoding is malformed. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // There is no other way to ask whether the encoding is well-formed.
    return undefined;
  }
}

function hintForMethod(method: string): string | undefined {
  // A token of RFC 9110, section 5.6.2.
  if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(method)) return undefined;
  return `put a method such as GET first, not ${quote(method)}`;
}

function hintForPattern(pattern: string): string | undefined {
  if (!pattern.startsWith("/")) return 'start the path with "/"';
  if (/[?#]/.test(pattern)) {
    return 'remove "?" and "#", only the path is matched';
  }
  const segments = splitPattern(pattern);
  const hints = segments.map((segment, index) =>
    hintForSegment(segment, segments, index)
  );
  return hints.find((hint) => hint !== undefined);
}

function hintForSegment(
  segment: string,
  segments: readonly string[],
  index: number,
): string | undefined {
  if (segment.startsWith(":")) return hintForParam(segment, segments, index);
  if (segment.includes("*")) {
    if (segment !== "*") return 'write "*" alone, or "%2A" for a star';
    if (index === segments.length - 1) return undefined;
    return 'move "*" to the end, or use a ":name" instead';
  }
  if (decodeSegment(segment) !== undefined) return undefined;
  return `write "%25" for a percent sign in ${quote(segment)}`;
}

function hintForParam(
  segment: string,
  segments: readonly string[],
  index: number,
): string | undefined {
  if (!/^:[a-z_][a-z0-9_-]*$/i.test(segment)) {
    return `name ${quote(segment)} with letters, digits, "_" and "-"`;
  }
  if (segments.indexOf(segment) === index) return undefined;
  return `rename one of the two ${quote(segment)}`;
}

function splitPattern(pattern: string): string[] {
  return pattern.split("/").filter((segment) => segment !== "");
}

function toSegment(segment: string): Segment {
  if (segment === "*") return { type: "wildcard" };
  if (segment.startsWith(":")) return { type: "param", name: segment.slice(1) };
  return { type: "literal", text: decodeSegment(segment) ?? segment };
}

function invalidKey(key: string, hint: string): RouteResult {
  const message = `Cannot read route ${quote(key)}`;
  return { type: "invalid", problem: { key, part: "key", message, hint } };
}

function invalidTarget(key: string, target: string): RouteResult {
  const message = `Cannot read the target of route ${quote(key)}`;
  const hint = `write "component", "component#action" or "dir:path", not ${
    quote(target)
  }`;
  return { type: "invalid", problem: { key, part: "target", message, hint } };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

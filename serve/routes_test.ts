import { deepStrictEqual, strictEqual } from "node:assert";
import { matchRoute, parseRoutes, type RouteTable } from "./routes.ts";

function tableOf(...keys: string[]): RouteTable {
  const { table, problems } = parseRoutes(keys.map((key) => [key, `c#${key}`]));
  deepStrictEqual(problems, []);
  return table;
}

// The key of the route that is taken, or what happens instead.
function taken(table: RouteTable, method: string, path: string): unknown {
  const match = matchRoute(table, method, path);
  return match.type === "match" ? match.action : match;
}

const NOT_FOUND = { type: "notFound" };

// deno-fmt-ignore
const PATHS = [
  // pattern            path                     params
  ["/",                 "/",                     []],
  ["/",                 "",                      []],
  ["/",                 "//?a=/x",               []],
  ["/",                 "/a",                    undefined],
  ["/a/b",              "/a/b",                  []],
  ["/a/b",              "//a///b//",             []],
  ["//a//b/",           "/a/b",                  []],
  ["/a/b",              "/a/b?c=/d#e",           []],
  ["/a/b",              "/a/b#c?d",              []],
  ["/a/b",              "/a",                    undefined],
  ["/a/b",              "/a/b/c",                undefined],
  ["/a/b",              "/A/b",                  undefined],
  ["/a%20b",            "/a%20b",                []],
  ["/a%20b",            "/a b",                  []],
  ["/ä",                "/%C3%A4",               []],
  ["/a%2Fb",            "/a%2fb",                []],
  ["/a%2Fb",            "/a/b",                  undefined],
  ["/:x",               "/a",                    [["x", "a"]]],
  ["/:x",               "/",                     undefined],
  ["/:x",               "/a%2Fb%3F",             [["x", "a/b?"]]],
  ["/:x",               "/__proto__",            [["x", "__proto__"]]],
  ["/:x/b/:y-z",        "/1/b/2",                [["x", "1"], ["y-z", "2"]]],
  ["/%3Ax",             "/:x",                   []],
  ["/%2A",              "/*",                    []],
  ["/a:b",              "/a:b",                  []],
  ["/*",                "/a",                    [["*", "a"]]],
  ["/*",                "/",                     undefined],
  ["/*",                "/a//b%20c/d/?e",        [["*", "a/b c/d"]]],
  ["/f/:x/*",           "/f/1/2/3",              [["x", "1"], ["*", "2/3"]]],
  ["/f/:x/*",           "/f/1",                  undefined],
  ["/:x",               "/a?%",                  [["x", "a"]]],
] as const;

for (const [pattern, path, params] of PATHS) {
  Deno.test(`matchRoute() of ${pattern} with ${path}`, () => {
    const match = matchRoute(tableOf(`GET ${pattern}`), "GET", path);
    deepStrictEqual(
      match.type === "match" ? match.params : undefined,
      params,
    );
    if (params === undefined) deepStrictEqual(match, NOT_FOUND);
  });
}

// Of each pair, the first is preferred for the path, whichever is given first.
// deno-fmt-ignore
const PREFERENCES = [
  ["GET /a",      "GET /:x",    "/a"],
  ["GET /a",      "GET /*",     "/a"],
  ["GET /:x",     "GET /*",     "/a"],
  ["GET /a/:x",   "GET /:y/b",  "/a/b"],
  ["GET /a/*",    "GET /:x/:y", "/a/b"],
  ["GET /a/*",    "GET /:x/b",  "/a/b"],
  ["GET /:x/b",   "GET /:x/:y", "/a/b"],
  ["GET /:x/:y",  "GET /:x/*",  "/a/b"],
  ["GET /a/b/*",  "GET /a/*",   "/a/b/c"],
] as const;

for (const [first, second, path] of PREFERENCES) {
  Deno.test(`matchRoute() prefers ${first} to ${second}`, () => {
    strictEqual(taken(tableOf(first, second), "GET", path), first);
    strictEqual(taken(tableOf(second, first), "GET", path), first);
  });
}

Deno.test("matchRoute() goes back when a preferred branch leads nowhere", () => {
  const table = tableOf("GET /a/b/c", "GET /a/:x/d", "GET /:y/b/e", "GET /*");
  strictEqual(taken(table, "GET", "/a/b/c"), "GET /a/b/c");
  strictEqual(taken(table, "GET", "/a/b/d"), "GET /a/:x/d");
  strictEqual(taken(table, "GET", "/a/b/e"), "GET /:y/b/e");
  strictEqual(taken(table, "GET", "/a/b/f"), "GET /*");
});

Deno.test("matchRoute() looks for a less special route with the method", () => {
  const table = tableOf("POST /users/new", "GET /users/:id");
  strictEqual(taken(table, "GET", "/users/new"), "GET /users/:id");
  strictEqual(taken(table, "POST", "/users/new"), "POST /users/new");
});

Deno.test("matchRoute() lists the methods of every route of the path", () => {
  const table = tableOf("PUT /a", "DELETE /:x", "POST /*", "PATCH /b");
  deepStrictEqual(matchRoute(table, "GET", "/a"), {
    type: "methodNotAllowed",
    allow: ["DELETE", "OPTIONS", "POST", "PUT"],
  });
});

Deno.test("matchRoute() lists HEAD with GET", () => {
  deepStrictEqual(matchRoute(tableOf("GET /a"), "POST", "/a"), {
    type: "methodNotAllowed",
    allow: ["GET", "HEAD", "OPTIONS"],
  });
});

Deno.test("matchRoute() tells OPTIONS what there is unless there is an OPTIONS route", () => {
  const table = tableOf("GET /a", "OPTIONS /b");
  deepStrictEqual(matchRoute(table, "OPTIONS", "/a"), {
    type: "options",
    allow: ["GET", "HEAD", "OPTIONS"],
  });
  strictEqual(taken(table, "OPTIONS", "/b"), "OPTIONS /b");
  deepStrictEqual(matchRoute(table, "OPTIONS", "/c"), NOT_FOUND);
});

for (const path of ["/%", "/%zz", "/a/%c3/b"]) {
  Deno.test(`matchRoute() says that ${path} is malformed`, () => {
    const malformed = { type: "malformed" };
    deepStrictEqual(matchRoute(tableOf("GET /*"), "GET", path), malformed);
  });
}

// The directory's own path is its, too, unless a route ends there.
// deno-fmt-ignore
const FILES = [
  ["/s",           []],
  ["/s/",          []],
  ["/s/a/b",       ["a", "b"]],
  ["/s/..%2f%00",  ["../\0"]],
  ["/s/b%2Fc",     ["b/c"]],
] as const;

for (const [path, segments] of FILES) {
  Deno.test(`matchRoute() of a directory with ${path}`, () => {
    const { table } = parseRoutes([["GET /s/*", "dir:public"]]);
    const match = { type: "files", directory: "public", segments };
    deepStrictEqual(matchRoute(table, "GET", path), match);
    deepStrictEqual(matchRoute(table, "HEAD", path), match);
    strictEqual(matchRoute(table, "POST", path).type, "methodNotAllowed");
  });
}

Deno.test("matchRoute() prefers a route that ends to a directory that begins there", () => {
  const { table } = parseRoutes([["GET /*", "dir:public"], ["GET /", "home"]]);
  strictEqual(matchRoute(table, "GET", "/").type, "match");
  strictEqual(matchRoute(table, "GET", "/a").type, "files");
});

Deno.test("matchRoute() answers HEAD by GET unless there is a HEAD route", () => {
  const table = tableOf("GET /a", "GET /b", "HEAD /b", "HEAD /:x");
  strictEqual(taken(table, "HEAD", "/a"), "GET /a");
  strictEqual(taken(table, "HEAD", "/b"), "HEAD /b");
  strictEqual(taken(table, "HEAD", "/c"), "HEAD /:x");
});

Deno.test("matchRoute() compares methods as they are", () => {
  const { table } = parseRoutes([["get /a", "c"]]);
  strictEqual(matchRoute(table, "GET", "/a").type, "match");
  strictEqual(matchRoute(table, "get", "/a").type, "methodNotAllowed");
});

Deno.test("matchRoute() has no action when the target has none", () => {
  const { table } = parseRoutes([["GET /", "c"]]);
  deepStrictEqual(matchRoute(table, "GET", "/"), {
    type: "match",
    key: "GET /",
    component: "c",
    action: undefined,
    params: [],
  });
});

Deno.test("matchRoute() finds nothing in an empty table", () => {
  deepStrictEqual(matchRoute(tableOf(), "GET", "/"), NOT_FOUND);
});

// deno-fmt-ignore
const TWINS = [
  ["GET /a/:x/c",  "GET /a/:y/c"],
  ["GET /a",       "get  //a/"],
  ["GET /a",       "GET /%61"],
  ["GET /:x/*",    "GET /:y/*"],
] as const;

for (const [first, second] of TWINS) {
  Deno.test(`parseRoutes() refuses ${second} beside ${first}`, () => {
    const { table, problems } = parseRoutes([[first, "a"], [second, "b"]]);
    deepStrictEqual(table.routes.map((route) => route.key), [first]);
    deepStrictEqual(problems, [{
      key: second,
      part: "key",
      message: `Route "${second}" matches the same requests as "${first}"`,
      hint: "remove one of the two",
    }]);
  });
}

Deno.test("parseRoutes() keeps the routes without a problem, in order", () => {
  const { table, problems } = parseRoutes([
    ["GET /b", "b#x"],
    ["GET", "c"],
    ["POST /b", "b"],
    ["GET /a", "#"],
  ]);
  deepStrictEqual(table.routes.map((route) => route.key), [
    "GET /b",
    "POST /b",
  ]);
  deepStrictEqual(problems.map(({ key, part }) => [key, part]), [
    ["GET", "key"],
    ["GET /a", "target"],
  ]);
});

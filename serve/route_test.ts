import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { decodeSegment, parseRoute } from "./route.ts";

Deno.test("parseRoute() reads method, segments, component and action", () => {
  deepStrictEqual(parseRoute(" post \t /users/:id/%20/* ", "users#show"), {
    type: "route",
    route: {
      key: " post \t /users/:id/%20/* ",
      method: "POST",
      segments: [
        { type: "literal", text: "users" },
        { type: "param", name: "id" },
        { type: "literal", text: " " },
        { type: "wildcard" },
      ],
      component: "users",
      action: "show",
      directory: undefined,
    },
  });
});

// deno-fmt-ignore
const KEYS = [
  ["",               'write "METHOD /path"'],
  ["GET",            'write "METHOD /path"'],
  ["/path",          'write "METHOD /path"'],
  ["GET /a b",       'write "METHOD /path"'],
  ["G@T /",          'put a method such as GET first, not "G@T"'],
  ["GET a",          'start the path with "/"'],
  ["GET http://a/",  'start the path with "/"'],
  ["GET /a?b",       'remove "?" and "#", only the path is matched'],
  ["GET /a#b",       'remove "?" and "#", only the path is matched'],
  ["GET /:",         'name ":" with letters, digits, "_" and "-"'],
  ["GET /:1",        'name ":1" with letters, digits, "_" and "-"'],
  ["GET /:a.b",      'name ":a.b" with letters, digits, "_" and "-"'],
  ["GET /:a/b/:a",   'rename one of the two ":a"'],
  ["GET /*/a",       'move "*" to the end, or use a ":name" instead'],
  ["GET /*/*",       'move "*" to the end, or use a ":name" instead'],
  ["GET /a*",        'write "*" alone, or "%2A" for a star'],
  ["GET /100%",      'write "%25" for a percent sign in "100%"'],
] as const;

for (const [key, hint] of KEYS) {
  Deno.test(`parseRoute() refuses the key ${JSON.stringify(key)}`, () => {
    const message = `Cannot read route ${JSON.stringify(key)}`;
    const problem = { key, part: "key", message, hint };
    deepStrictEqual(parseRoute(key, "a#b"), { type: "invalid", problem });
  });
}

for (const target of ["", "#", "a#", "#b", "a#b#c", "dir:"]) {
  Deno.test(`parseRoute() refuses the target "${target}"`, () => {
    const result = parseRoute("GET /*", target);
    ok(result.type === "invalid");
    const { part, message, hint } = result.problem;
    strictEqual(part, "target");
    strictEqual(message, 'Cannot read the target of route "GET /*"');
    strictEqual(
      hint,
      `write "component", "component#action" or "dir:path", not "${target}"`,
    );
  });
}

// deno-fmt-ignore
const DIRECTORIES = [
  ["POST /*",  'put GET first: "dir:" answers GET and HEAD'],
  ["GET /",    'end the path of a "dir:" with "/*"'],
  ["GET /:a",  'end the path of a "dir:" with "/*"'],
] as const;

for (const [key, hint] of DIRECTORIES) {
  Deno.test(`parseRoute() refuses a directory for ${key}`, () => {
    const message = `Cannot read route ${JSON.stringify(key)}`;
    const problem = { key, part: "key", message, hint };
    deepStrictEqual(parseRoute(key, "dir:a"), { type: "invalid", problem });
  });
}

Deno.test("decodeSegment() has nothing for malformed encoding", () => {
  strictEqual(decodeSegment("a%20b"), "a b");
  strictEqual(decodeSegment("%"), undefined);
  strictEqual(decodeSegment("%ff"), undefined);
});

import { strictEqual } from "node:assert";
import { type Listener, parseRoutes } from "@rusm/serve";
import { probeOf } from "./probe.ts";

const URL_OF = "http://127.0.0.1:8080";

function routes(...keys: readonly string[]): Listener["target"] {
  return parseRoutes(keys.map((key) => [key, "api"])).table;
}

const PROBES: readonly (readonly [string, Listener["target"], string])[] = [
  ["one component", "api", ""],
  ["a route for /", routes("GET /"), ""],
  ["a route behind others", routes("POST /a", "GET /b", "GET /c"), "/b"],
  ["a parameter, and none", routes("GET /:id", "GET /a/b"), "/a/b"],
  ["nothing but parameters", routes("GET /users/:id/*"), "/users/id/any"],
  ["what a path cannot have", routes("GET /a%2Fb%3F"), "/a%2Fb%3F"],
  ["no route for GET", routes("POST /a"), ""],
];

for (const [what, target, path] of PROBES) {
  Deno.test(`probeOf() asks for what is answered when there is ${what}`, () => {
    strictEqual(
      probeOf({ protocol: "http", target }, URL_OF),
      `curl ${URL_OF}${path}`,
    );
  });
}

const CLIENTS: readonly (readonly [Listener["protocol"], string])[] = [
  ["http", "curl"],
  ["ws", "websocat"],
  ["sse", "curl -N"],
];

for (const [protocol, client] of CLIENTS) {
  Deno.test(`probeOf() takes what speaks the protocol when it is ${protocol}`, () => {
    const listener = { protocol, target: "api" } as const;
    strictEqual(probeOf(listener, "x://y"), `${client} x://y`);
  });
}

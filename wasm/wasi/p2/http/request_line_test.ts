import { deepStrictEqual, strictEqual } from "node:assert";

import { URI_LENGTH_MAX } from "./limits.ts";
import {
  authorityOf,
  isMethod,
  isPathWithQuery,
  isScheme,
  methodName,
  methodOf,
  schemeOf,
} from "./request_line.ts";

const METHODS: readonly [name: string, tag: string, isValid: boolean][] = [
  ["GET", "get", true],
  ["PATCH", "patch", true],
  ["get", "other", true],
  ["PROPFIND", "other", true],
  ["", "other", false],
  ["A B", "other", false],
  ["A\r\nHost: b", "other", false],
  ["A".repeat(URI_LENGTH_MAX + 1), "other", false],
];

for (const [name, tag, isValid] of METHODS) {
  Deno.test(`methodOf() reads ${JSON.stringify(name.slice(0, 20))}`, () => {
    const method = methodOf(name);
    strictEqual(method.tag, tag);
    strictEqual(methodName(method), name);
    strictEqual(isMethod(method), isValid);
  });
}

const PATHS: readonly [path: string, isValid: boolean][] = [
  ["/", true],
  ["/a%20b?c=d&e", true],
  ["?a", true],
  ["*", true],
  ["", false],
  ["a", false],
  ["*a", false],
  ["/a b", false],
  ["/a#b", false],
  ["/ä", false],
  ["/a\r\nx: y", false],
];

for (const [path, isValid] of PATHS) {
  Deno.test(`isPathWithQuery() is ${isValid} of ${JSON.stringify(path)}`, () =>
    strictEqual(isPathWithQuery(path), isValid));
}

const AUTHORITIES: readonly [
  text: string,
  host?: string,
  port?: number | undefined,
][] = [
  ["example.com", "example.com", undefined],
  ["example.com:", "example.com", undefined],
  ["example.com:8080", "example.com", 8080],
  ["[::1]:80", "::1", 80],
  ["127.0.0.1:1", "127.0.0.1", 1],
  [""],
  [":80"],
  ["user@example.com"],
  ["a:65536"],
  ["a:b"],
  ["a/b"],
  ["a b"],
  ["[::1"],
  ["::1"],
];

for (const [text, host, port] of AUTHORITIES) {
  Deno.test(`authorityOf() reads ${JSON.stringify(text)}`, () => {
    deepStrictEqual(
      authorityOf(text),
      host === undefined ? undefined : { host, port },
    );
  });
}

Deno.test("schemeOf() and isScheme() know those of HTTP, and others", () => {
  deepStrictEqual(schemeOf("https:"), { tag: "HTTPS" });
  deepStrictEqual(schemeOf("http:"), { tag: "HTTP" });
  deepStrictEqual(schemeOf("ftp:"), { tag: "other", val: "ftp" });
  strictEqual(isScheme({ tag: "other", val: "git+ssh" }), true);
  strictEqual(isScheme({ tag: "other", val: "1a" }), false);
  strictEqual(isScheme({ tag: "other", val: "a b" }), false);
});

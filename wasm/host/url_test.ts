import { deepStrictEqual, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import type { UrlParts } from "../script/ops.ts";
import { parseUrl, setUrl } from "./url.ts";

Deno.test("parseUrl() gives every property of a full URL", () => {
  const parts: UrlParts = JSON.parse(
    parseUrl("http://me:pw@Example.test:8080/a b/../c?q=ü#f"),
  );
  deepStrictEqual(parts, {
    href: "http://me:pw@example.test:8080/c?q=%C3%BC#f",
    origin: "http://example.test:8080",
    protocol: "http:",
    username: "me",
    password: "pw",
    host: "example.test:8080",
    hostname: "example.test",
    port: "8080",
    pathname: "/c",
    search: "?q=%C3%BC",
    hash: "#f",
  });
});

Deno.test("parseUrl() resolves against the base", () => {
  strictEqual(
    JSON.parse(parseUrl("?x", "http://a.test/b")).href,
    "http://a.test/b?x",
  );
});

for (
  const [href, base] of [["", undefined], ["/a", undefined], ["a", "b"], [
    "http://",
    undefined,
  ]] as const
) {
  Deno.test(`parseUrl() throws TypeError for ${href} against ${base}`, () => {
    throws(() => parseUrl(href, base), TypeError);
  });
}

Deno.test("parseUrl() is idempotent on what it gives", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      (href) => {
        const once = parseUrl(href);
        strictEqual(parseUrl(JSON.parse(once).href), once);
      },
    ),
  );
});

// deno-fmt-ignore
const SET = [
  // property   value             href afterwards
  ["href",     "ftp://b.test/",  "ftp://b.test/"],
  ["protocol", "https",          "https://a.test/x"],
  ["username", "me@",            "http://me%40@a.test/x"],
  ["password", "pw",             "http://:pw@a.test/x"],
  ["host",     "b.test:81",      "http://b.test:81/x"],
  ["hostname", "b.test",         "http://b.test/x"],
  ["port",     "81",             "http://a.test:81/x"],
  ["pathname", "/y z",           "http://a.test/y%20z"],
  ["search",   "q",              "http://a.test/x?q"],
  ["hash",     "h",              "http://a.test/x#h"],
  ["port",     "no port",        "http://a.test/x"],
  ["protocol", "mailto",         "http://a.test/x"],
] as const;

for (const [property, value, href] of SET) {
  Deno.test(`setUrl() with ${property} ${value}`, () => {
    strictEqual(
      JSON.parse(setUrl("http://a.test/x", property, value)).href,
      href,
    );
  });
}

for (const property of ["origin", "searchParams", "__proto__", "nope"]) {
  Deno.test(`setUrl() throws TypeError when asked to set ${property}`, () => {
    throws(() => setUrl("http://a.test/", property, "x"), TypeError);
  });
}

Deno.test("setUrl() throws TypeError when either URL is none", () => {
  throws(() => setUrl("nope", "hash", "x"), TypeError);
  throws(() => setUrl("http://a.test/", "href", "nope"), TypeError);
});

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { simpleParts } from "./simple_url.ts";

const PARTS = [
  ...["href", "origin", "protocol", "username", "password", "host"],
  ...["hostname", "port", "pathname", "search", "hash"],
] as const;

function insistSame(href: string): boolean {
  const parts = simpleParts(href);
  if (parts === undefined) return false;
  const url = new URL(href);
  const expected = PARTS.map((part) => [part, url[part as keyof URL]]);
  deepStrictEqual(Object.entries(parts), expected, href);
  return true;
}

const USUAL = [
  "http://127.0.0.1:8080/hello",
  "http://localhost/",
  "https://api.example.test/users/7?page=2&sort=a%20b",
  "http://a.test/a%2fb",
  "https://a.test:8443/?",
  "http://a.test/?q[]=1",
  "http://a--b.test/x..y/z.",
  "http://255.255.255.255/",
  "http://1a.test/",
];

for (const href of USUAL) {
  Deno.test(`simpleParts() has the parts of ${href}`, () => {
    strictEqual(insistSame(href), true);
  });
}

// What `URL` changes, refuses, or has to look up.
const OTHERS = [
  "",
  "/a",
  "http:/a.test/",
  "HTTP://a.test/",
  "http://A.test/",
  "http://a.test",
  "http://a.test?b",
  "http://a.test/#c",
  "http://u@a.test/",
  "http://a.test:/",
  "http://a.test:80/",
  "https://a.test:443/",
  "http://a.test:080/",
  "http://a.test:65536/",
  "http://a.test/a/../b",
  "http://a.test/./b",
  "http://a.test/%2E/b",
  "http://a.test/%2e%2e",
  "http://a.test/a b",
  "http://a.test/\\b",
  "http://a.test/{",
  "http://a.test/?'",
  "http://a.test/ü",
  "http://a.test/\n",
  " http://a.test/",
  "http://xn--mller-kva.test/",
  "http://a..test/",
  "http://a.test./",
  "http://1/",
  "http://1.2.3/",
  "http://01.2.3.4/",
  "http://256.1.1.1/",
  "http://1.2.3.4.5/",
  "http://a.0x1/",
  "http://a.1/",
  "http://[::1]/",
  "ftp://a.test/",
  "file:///a",
];

for (const href of OTHERS) {
  Deno.test(`simpleParts() leaves ${JSON.stringify(href)} to others`, () => {
    strictEqual(simpleParts(href), undefined);
  });
}

// Pieces that URLs are made of, so that many are simple and many are nearly so.
const PIECES = [
  ...["http://", "https://", "ws://", "a", "b.test", "1", "127.0.0.1", "0x7f"],
  ...["-", "xn--", ".", "..", "/", "//", "?", "#", "@", ":", ":80", ":8080"],
  ...[":443", ":0", ":65535", "%", "%2e", "%2E", "%20", "\\", " ", "\t", "'"],
  ...['"', "<", "^", "|", "`", "{", "}", "[", "]", "~", "!", "$&()*+,;=", "_"],
  ...["\0", "\x7f", "ü", "\u3002", "\ud800"],
];

const HREF = fc.tuple(
  fc.constantFrom("http://", "https://", "http://a.test/", "https://b:1/x"),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }),
).map(([begin, rest]) => begin + rest.join(""));

Deno.test("simpleParts() never says otherwise than URL", () => {
  let simpleCount = 0;
  fc.assert(
    fc.property(HREF, (href) => {
      if (insistSame(href)) simpleCount++;
    }),
    { numRuns: 20_000 },
  );
  ok(simpleCount > 1_000, `${simpleCount} of them were simple`);
});

Deno.test("simpleParts() takes each character alone as URL does", () => {
  for (let unit = 0; unit < 0x300; unit++) {
    const text = String.fromCharCode(unit);
    for (const begin of ["http://a", "http://a/b", "http://a/b?c"]) {
      insistSame(`${begin}${text}d/e`);
      insistSame(`${begin}/${text}`);
    }
  }
});

import { deepStrictEqual, strictEqual } from "node:assert";
import { formatAddress, parseAddress, parseHostname } from "./address.ts";

// deno-fmt-ignore
const ADDRESSES = [
  ["127.0.0.1:8080",        "127.0.0.1",      8080],
  ["localhost:0",           "localhost",      0],
  ["Example.COM:65535",     "example.com",    65_535],
  ["my_service-1:80",       "my_service-1",   80],
  ["[::1]:8080",            "::1",            8080],
  ["[0:0:0:0:0:0:0:1]:80",  "::1",            80],
  ["[2001:DB8::1]:443",     "2001:db8::1",    443],
] as const;

for (const [text, hostname, port] of ADDRESSES) {
  Deno.test(`parseAddress() reads ${text}`, () => {
    deepStrictEqual(parseAddress(text), { hostname, port });
  });
}

// deno-fmt-ignore
const NONSENSE = [
  "", ":", "8080", ":8080", "localhost", "localhost:", "localhost:http",
  "localhost:65536", "localhost:-1", "localhost:+1", "localhost:080",
  "localhost:8080 ", " localhost:8080", "local host:80", "http://a:80",
  "a/b:80", "a..b:80", ".a:80", "a.:80", "-a:80", "a-:80", "127.0.0.300:80",
  "127.1:80", "::1:8080", "[::1]", "[::1]8080", "[]:80", "[127.0.0.1]:80",
  "[fe80::1%eth0]:80", "[::1:80", "::1]:80", "ä:80", "a\n:80", "a:80\n",
];

for (const text of NONSENSE) {
  Deno.test(`parseAddress() refuses ${JSON.stringify(text)}`, () => {
    strictEqual(parseAddress(text), undefined);
  });
}

Deno.test("parseHostname() takes no port", () => {
  strictEqual(parseHostname("a.example"), "a.example");
  strictEqual(parseHostname("a.example:80"), undefined);
});

Deno.test("formatAddress() writes what parseAddress() reads", () => {
  for (const text of ["a.example:80", "127.0.0.1:0", "[::1]:8080"]) {
    const address = parseAddress(text);
    strictEqual(address && formatAddress(address), text);
  }
});

import { deepStrictEqual, strictEqual, throws } from "node:assert";
import {
  findClient,
  type ForwardedHeaders,
  parseNetwork,
  TrustedProxies,
} from "./forwarded.ts";

const PROXIES = new TrustedProxies(["10.0.0.0/8", "::1"]);

// deno-fmt-ignore
const CLIENTS: readonly (readonly [string, string, ForwardedHeaders, unknown])[] = [
  ["an untrusted peer is the client, whatever it tells", "192.0.2.1",
    { for: "198.51.100.7", proto: "https", forwarded: "for=1.1.1.1" },
    { address: "192.0.2.1" }],
  ["a proxy that tells nothing is the client", "10.0.0.1", {}, { address: "10.0.0.1" }],
  ["a proxy's word counts", "10.0.0.1",
    { for: "198.51.100.7", proto: "https", host: "a.example" },
    { address: "198.51.100.7", scheme: "https", host: "a.example" }],
  ["what a client wrote to the left does not", "10.0.0.1",
    { for: "1.1.1.1, 198.51.100.7", proto: "http, https" },
    { address: "198.51.100.7", scheme: "https" }],
  ["a chain of proxies is followed to its end", "10.0.0.1",
    { for: "198.51.100.7, 10.0.0.3, 10.0.0.2" }, { address: "198.51.100.7" }],
  ["a chain of proxies alone ends at the first", "10.0.0.1",
    { for: "10.0.0.3, 10.0.0.2" }, { address: "10.0.0.3" }],
  ["what is no address ends the chain", "10.0.0.1",
    { for: "198.51.100.7, unknown, 10.0.0.2" }, { address: "10.0.0.2" }],
  ["an address may have a port", "10.0.0.1", { for: "198.51.100.7:99" }, { address: "198.51.100.7" }],
  ["IPv6 may have brackets", "::1", { for: "[2001:db8::1]:99" }, { address: "2001:db8::1" }],
  ["another protocol is none", "10.0.0.1", { for: "198.51.100.7", proto: "ftp" }, { address: "198.51.100.7" }],
  ["RFC 7239 counts", "10.0.0.1",
    { forwarded: 'for=192.0.2.60;proto=http;by=203.0.113.43, For="[2001:db8::1]:47";Proto=HTTPS;host="a.example"' },
    { address: "2001:db8::1", scheme: "https", host: "a.example" }],
  ["separators in quotes are text", "10.0.0.1",
    { forwarded: 'for="a, for=1.1.1.1;";host=b' }, { address: "10.0.0.1", host: "b" }],
  ["hidden names end the chain", "10.0.0.1", { forwarded: "for=1.1.1.1, for=_hidden" }, { address: "10.0.0.1" }],
  ["both kinds may agree", "10.0.0.1",
    { for: "198.51.100.7", forwarded: "for=198.51.100.7;proto=https" },
    { address: "198.51.100.7", scheme: "https" }],
  ["kinds that contradict each other are refused", "10.0.0.1",
    { for: "198.51.100.7", forwarded: "for=1.1.1.1" }, undefined],
  ["kinds of different protocols are refused", "10.0.0.1",
    { for: "198.51.100.7", proto: "http", forwarded: "for=198.51.100.7;proto=https" }, undefined],
];

for (const [name, peer, headers, client] of CLIENTS) {
  Deno.test(`findClient(): ${name}`, () => {
    deepStrictEqual(findClient(peer, headers, PROXIES), client);
  });
}

const NETWORKS = [
  ["10.0.0.0/8", { address: "10.0.0.0", bits: 8, family: "ipv4" }],
  ["127.0.0.1", { address: "127.0.0.1", bits: 32, family: "ipv4" }],
  ["::1", { address: "::1", bits: 128, family: "ipv6" }],
  ["fd00::/8", { address: "fd00::", bits: 8, family: "ipv6" }],
  ["0.0.0.0/0", { address: "0.0.0.0", bits: 0, family: "ipv4" }],
  ["10.0.0.0/33", undefined],
  ["10.0.0.0/08", undefined],
  ["10.0.0.0/", undefined],
  ["10.0.0.0/8/8", undefined],
  ["::/129", undefined],
  ["fe80::1%eth0", undefined],
  ["localhost", undefined],
  ["", undefined],
] as const;

for (const [text, network] of NETWORKS) {
  Deno.test(`parseNetwork() reads ${JSON.stringify(text)}`, () => {
    deepStrictEqual(parseNetwork(text), network);
  });
}

Deno.test("TrustedProxies.has() knows its networks, also of IPv4 in IPv6", () => {
  const has = ["10.1.2.3", "::1", "::ffff:10.1.2.3", "11.0.0.1", "::2", "a"];
  deepStrictEqual(has.map((address) => PROXIES.has(address)), [
    ...[true, true, true, false, false, false],
  ]);
  strictEqual(new TrustedProxies([]).has("10.1.2.3"), false);
});

Deno.test("TrustedProxies throws when told to trust what is no network", () => {
  throws(() => new TrustedProxies(["a"]), /what is no network: a$/);
});

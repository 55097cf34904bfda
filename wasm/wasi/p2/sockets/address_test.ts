import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import {
  hostAddressOf,
  ipAddressOf,
  type SocketAddress,
  socketAddressOf,
} from "./address.ts";

const port = fc.integer({ min: 0, max: 65_535 });

Deno.test("socketAddressOf() reads what hostAddressOf() writes", () => {
  const four = fc.record({
    tag: fc.constant("ipv4" as const),
    val: fc.record({
      port,
      address: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
    }),
  });
  const six = fc.record({
    tag: fc.constant("ipv6" as const),
    val: fc.record({
      port,
      address: fc.array(fc.nat(65_535), { minLength: 8, maxLength: 8 }),
      flowInfo: fc.constant(0),
      scopeId: fc.constant(0),
    }),
  });
  fc.assert(fc.property(fc.oneof(four, six), (address: SocketAddress) => {
    const again = socketAddressOf(hostAddressOf(address));
    deepStrictEqual(again, { ...address, val: { ...address.val } });
  }));
});

const TEXTS: readonly [
  text: string,
  expected: readonly number[] | undefined,
][] = [
  ["127.0.0.1", [127, 0, 0, 1]],
  ["256.0.0.1", undefined],
  ["1.2.3", undefined],
  ["::", [0, 0, 0, 0, 0, 0, 0, 0]],
  ["::1", [0, 0, 0, 0, 0, 0, 0, 1]],
  ["2001:db8::ff00:42:8329", [0x2001, 0xdb8, 0, 0, 0, 0xff00, 0x42, 0x8329]],
  ["::ffff:127.0.0.1", [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1]],
  ["fe80::1%eth0", [0xfe80, 0, 0, 0, 0, 0, 0, 1]],
  ["1:2:3:4:5:6:7", undefined],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["1:2:3:4::5:6:7:8", undefined],
  [":::", undefined],
  ["g::", undefined],
  ["", undefined],
  ["name", undefined],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`ipAddressOf() reads ${JSON.stringify(text)}`, () =>
    deepStrictEqual(ipAddressOf(text)?.val, expected));
}

Deno.test("ipAddressOf() tells the family", () => {
  strictEqual(ipAddressOf("1.2.3.4")?.tag, "ipv4");
  strictEqual(ipAddressOf("::")?.tag, "ipv6");
});

import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { endKeyOf, parseTcpTable } from "./tcp_table.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const TAIL = " 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1\n";
const LOCAL = "0100007F:1F90";

// What comes before the tail, and the other ends with what waits of them.
// deno-fmt-ignore
const LINES: readonly (readonly [name: string, line: string, found: readonly (readonly [hostname: string, port: number, bytes: number])[]])[] = [
  ["IPv4", `   0: ${LOCAL} 0503000A:D431 01 00000000:0000A000`, [["10.0.3.5", 54321, 40_960]]],
  ["a large number of a line", `12345: ${LOCAL} 0503000A:D431 01 00000001:00000001`, [["10.0.3.5", 54321, 1]]],
  ["IPv6", "   0: 00000000000000000000000001000000:1F90 B80D0120000000000000000001000000:0001 01 00000000:00000010", [["2001:db8::1", 1, 16]]],
  ["IPv4 in IPv6", "   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000503000A:D431 01 00000000:00000002", [["10.0.3.5", 54321, 2], ["::ffff:10.0.3.5", 54321, 2], ["::FFFF:a00:305", 54321, 2]]],
  ["a link's address", "   0: 000080FE000000000000000001000000:1F90 000080FE00000000FF005002FEAA3412:0002 01 00000000:00000003", [["fe80::250:ff:1234:aafe%eth0", 2, 3]]],
  ["nothing that waits", `   0: ${LOCAL} 0503000A:D431 01 00000009:00000000`, []],
  ["one that listens", `   0: ${LOCAL} 00000000:0000 0A 00000000:00000005`, []],
  ["one whose other end has said its last", `   0: ${LOCAL} 0503000A:D431 08 00000000:00000001`, []],
  ["half a line", `   0: ${LOCAL} 0503000A:D431 01 0000`, []],
  ["an address that is too short", `   0: ${LOCAL} 03000A:D431 01 00000000:0000A000`, []],
  ["words", "   0: a:b c:d 01 e:f", []],
  ["nothing", "", []],
];

for (const [name, line, found] of LINES) {
  Deno.test(`parseTcpTable() reads ${name}`, () => {
    const sockets = parseTcpTable(HEAD + line + TAIL);
    for (const [hostname, port, waitingBytes] of found) {
      const endKey = endKeyOf({ hostname, port });
      deepStrictEqual(sockets, [{ port: 8_080, endKey, waitingBytes }]);
    }
    strictEqual(sockets.length, Math.min(found.length, 1));
  });
}

Deno.test("parseTcpTable() reads all lines, in their order", () => {
  const line = (port: string) =>
    `   0: ${LOCAL} 0503000A:${port} 01 00000000:00000001${TAIL}`;
  const text = HEAD + line("0001") + "garbage\n" + line("0002");
  const keys = parseTcpTable(text + HEAD + line("0003"))
    .map(({ endKey }) => endKey);
  deepStrictEqual(
    keys,
    [1, 2, 3].map((port) => endKeyOf({ hostname: "10.0.3.5", port })),
  );
});

Deno.test("parseTcpTable() takes any text", () => {
  const piece = fc.constantFrom(..."01: AF8\n\0é", LOCAL, HEAD, TAIL);
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    for (const { waitingBytes } of parseTcpTable(pieces.join(""))) {
      strictEqual(waitingBytes > 0, true);
    }
  }));
});

// deno-fmt-ignore
const KEYS: readonly (readonly [hostname: string, key: string | undefined])[] = [
  ["127.0.0.1", "00000000000000000000FFFF7F000001:7"],
  ["::ffff:127.0.0.1", "00000000000000000000FFFF7F000001:7"],
  ["::", "00000000000000000000000000000000:7"],
  ["::1", "00000000000000000000000000000001:7"],
  ["1::", "00010000000000000000000000000000:7"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008:7"],
  ["1:2::7:8", "00010002000000000000000000070008:7"],
  ["64:ff9b::192.0.2.1", "0064FF9B0000000000000000C0000201:7"],
  ["1:2:3:4:5:6:192.0.2.1", "000100020003000400050006C0000201:7"],
  ["localhost", undefined],
  ["", undefined],
  ["1.2.3", undefined],
];

for (const [hostname, key] of KEYS) {
  Deno.test(`endKeyOf() is of ${JSON.stringify(hostname)}`, () => {
    strictEqual(endKeyOf({ hostname, port: 7 }), key);
  });
}

import { deepStrictEqual, strictEqual } from "node:assert";
import { clientOf, Tally } from "./tally.ts";

Deno.test("Tally counts each client up to its bound, and forgets those that have nothing", () => {
  const tally = new Tally(2);
  deepStrictEqual(["a", "a", "a", "b"].map((client) => tally.add(client)), [
    ...[true, true, false, true],
  ]);
  strictEqual(tally.clientCount, 2);
  tally.remove("a");
  strictEqual(tally.add("a"), true);
  tally.remove("a");
  tally.remove("a");
  tally.remove("b");
  strictEqual(tally.clientCount, 0);
});

const CLIENTS = [
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::1", "0:0:0:0"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:0db8:0001:0002::", "2001:db8:1:2"],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1"],
  ["fe80::1%eth0", "fe80:0:0:0"],
] as const;

for (const [address, client] of CLIENTS) {
  Deno.test(`clientOf() is ${client} when the address is ${address}`, () => {
    strictEqual(clientOf(address), client);
  });
}

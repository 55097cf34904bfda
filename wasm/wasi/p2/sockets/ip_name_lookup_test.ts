import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { errorOf, type FakeGuest } from "../testdata/guest.ts";
import { until } from "../testdata/sockets.ts";
import { withGuest } from "../testdata/streams.ts";
import type { IpAddress } from "./address.ts";

const NEXT =
  "sockets/ip-name-lookup [method]resolve-address-stream.resolve-next-address";

// deno-lint-ignore no-explicit-any -- as FakeGuest.call
function lookUp(guest: FakeGuest, name: string): any {
  return guest.call("sockets/ip-name-lookup resolve-addresses", {}, name);
}

Deno.test("resolve-addresses() finds this machine by its name, later", () =>
  withGuest(async (guest) => {
    const stream = lookUp(guest, "localhost");
    strictEqual(await errorOf(() => guest.call(NEXT, stream)), "would-block");
    await until(guest, "ip-name-lookup resolve-address-stream", stream);
    const found: IpAddress[] = [];
    for (
      let each = guest.call(NEXT, stream);
      each !== undefined;
      each = guest.call(NEXT, stream)
    ) found.push(each);
    ok(found.some(({ val }) => val[0] === 127 || val[7] === 1));
  }));

for (const profile of ["trusted", "sandboxed"]) {
  Deno.test(`resolve-addresses() reads addresses at once under ${profile}`, () =>
    withGuest((guest) => {
      const stream = lookUp(guest, "[::1]");
      deepStrictEqual(guest.call(NEXT, stream), {
        tag: "ipv6",
        val: [0, 0, 0, 0, 0, 0, 0, 1],
      });
      strictEqual(guest.call(NEXT, stream), undefined);
    }, { profile }));
}

for (const name of ["", "a b", "a/b", "-a.test", `${"a".repeat(64)}.test`]) {
  Deno.test(`resolve-addresses() refuses ${JSON.stringify(name)}`, () =>
    withGuest(async (guest) => {
      strictEqual(await errorOf(() => lookUp(guest, name)), "invalid-argument");
    }));
}

Deno.test("resolve-addresses() tells that there is no such name", () =>
  withGuest(async (guest) => {
    const stream = lookUp(guest, "no-such-name.invalid");
    await until(guest, "ip-name-lookup resolve-address-stream", stream);
    const error = await errorOf(() => guest.call(NEXT, stream));
    // The second where nobody answers.
    ok(
      ["name-unresolvable", "temporary-resolver-failure"].includes(`${error}`),
    );
  }));

Deno.test("resolve-addresses() is denied without network", () =>
  withGuest(async (guest) => {
    strictEqual(
      await errorOf(() => lookUp(guest, "localhost")),
      "access-denied",
    );
  }, { profile: "sandboxed" }));

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";
import { testSame } from "../testdata/same.ts";

testSame("crypto", {
  "getRandomValues() gives the same array": () => {
    const array = new Uint16Array(2);
    return crypto.getRandomValues(array) === array;
  },
  "getRandomValues() fills no more than the view": () => {
    const bytes = new Uint8Array(64);
    crypto.getRandomValues(bytes.subarray(16, 48));
    return [
      bytes.slice(0, 16),
      bytes.slice(48),
      bytes.slice(16, 48).some(Boolean),
    ];
  },
  "getRandomValues() takes integers of all kinds": () =>
    [Int8Array, Uint8ClampedArray, Uint32Array, BigInt64Array, BigUint64Array]
      .map((Kind) => crypto.getRandomValues(new Kind(1)).length),
  "getRandomValues() takes an empty array": () =>
    crypto.getRandomValues(new Uint8Array()),
  "getRandomValues() refuses fractions": () =>
    crypto.getRandomValues(new Float32Array(1)),
  "getRandomValues() refuses a view": () =>
    crypto.getRandomValues(new DataView(new ArrayBuffer(1))),
  "getRandomValues() refuses other objects": () =>
    crypto.getRandomValues({} as Uint8Array),
  "getRandomValues() refuses more than 65,536 bytes": () =>
    crypto.getRandomValues(new Uint8Array(65_537)),
  "getRandomValues() takes 65,536 bytes": () =>
    crypto.getRandomValues(new Uint8Array(65_536)).length,
  "randomUUID() has version and variant": () =>
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(
      crypto.randomUUID(),
    ),
  "randomUUID() differs": () =>
    new Set([crypto.randomUUID(), crypto.randomUUID()]).size,
});

testSame("Math.random()", {
  "lies from 0 to 1 and uses its range": () => {
    const numbers = Array.from({ length: 5_000 }, () => Math.random());
    const mean = numbers.reduce((sum, each) => sum + each) / numbers.length;
    return [
      numbers.every((each) => each >= 0 && each < 1),
      Math.abs(mean - 0.5) < 0.05,
      new Set(numbers).size,
      Math.min(...numbers) < 0.01,
      Math.max(...numbers) > 0.99,
    ];
  },
});

Deno.test("Math.random() gives clones of one image sequences of their own", async () => {
  using first = await Guest.create();
  using second = await Guest.create();
  notStrictEqual(
    first.evaluate("Math.random()"),
    second.evaluate("Math.random()"),
  );
});

Deno.test("Math.random() asks for a seed at its first use only", async () => {
  using guest = await Guest.create();
  deepStrictEqual(guest.calls, []);
  guest.evaluate("Math.random(); Math.random()");
  deepStrictEqual(guest.calls, ["randomBytes"]);
});

for (const entry of ["handle", "run"] as const) {
  Deno.test(`Math.random() takes a new seed when ${entry} is called after a use in the image`, async () => {
    using guest = await Guest.create(`Math.random();
      exports.default = () => { Math.random(); return new Response() }`);
    strictEqual(guest.calls.filter((name) => name === "randomBytes").length, 1);
    if (entry === "handle") guest.handle();
    else guest.enter("run");
    strictEqual(guest.calls.filter((name) => name === "randomBytes").length, 2);
  });
}

Deno.test("Math.random() fills 16 equal bins about equally", async () => {
  using guest = await Guest.create();
  const bins = guest.evaluate(`const bins = Array(16).fill(0);
    for (let index = 0; index < 32_000; index++) bins[Math.floor(Math.random() * 16)]++;
    bins`) as number[];
  // 2,000 expected in each; six standard deviations are 260.
  ok(bins.every((count) => Math.abs(count - 2_000) < 260), bins.join());
});

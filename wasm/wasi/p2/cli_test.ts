import {
  deepStrictEqual,
  notDeepStrictEqual,
  ok,
  strictEqual,
  throws,
} from "node:assert";

import { CanonicalTrap } from "../../component/canonical/mod.ts";
import { ProcessExit } from "../errors.ts";
import { datetimeOf } from "./datetime.ts";
import { RANDOM_BYTES_MAX } from "./limits.ts";
import { FakeGuest, type GuestOptions } from "./testdata/guest.ts";

function withGuest(
  work: (guest: FakeGuest) => void,
  options: GuestOptions = {},
): void {
  const guest = new FakeGuest(options);
  work(guest);
  guest.close();
}

// deno-fmt-ignore
const EXITS: readonly [name: string, status: unknown, code: number][] = [
  ["exit",           { tag: "ok" },  0],
  ["exit",           { tag: "err" }, 1],
  ["exit-with-code", 0,              0],
  ["exit-with-code", 42,             42],
  ["exit-with-code", 255,            255],
];

for (const [name, status, code] of EXITS) {
  Deno.test(`${name} ${JSON.stringify(status)} ends the process with ${code}`, () =>
    withGuest((guest) =>
      throws(
        () => guest.call(`cli/exit ${name}`, status),
        (error) => error instanceof ProcessExit && error.code === code,
      )
    ));
}

Deno.test("environment has the arguments and variables, and no directory", () =>
  withGuest((guest) => {
    deepStrictEqual(guest.call("cli/environment get-arguments"), [
      "name",
      "one",
    ]);
    deepStrictEqual(guest.call("cli/environment get-environment"), [[
      "A",
      "b=c",
    ]]);
    strictEqual(guest.call("cli/environment initial-cwd"), undefined);
  }, { args: ["name", "one"], env: new Map([["A", "b=c"]]) }));

// deno-fmt-ignore
const TERMINALS: readonly [profile: string, isTerminal: boolean, isSeen: boolean][] = [
  ["trusted",   true,  true],
  ["trusted",   false, false],
  ["sandboxed", true,  false],
];

for (const [profile, isTerminal, isSeen] of TERMINALS) {
  for (const stream of ["stdin", "stdout", "stderr"]) {
    Deno.test(`terminal-${stream} under ${profile}, terminal=${isTerminal}, is ${isSeen}`, () =>
      withGuest((guest) => {
        const terminal = guest.call(
          `cli/terminal-${stream} get-terminal-${stream}`,
        );
        strictEqual(terminal !== undefined, isSeen);
      }, { profile, isTerminal }));
  }
}

Deno.test("the clocks tell the time", () =>
  withGuest((guest) => {
    const before = BigInt(Date.now());
    const { seconds, nanoseconds } = guest.call("clocks/wall-clock now");
    ok(seconds * 1_000n + BigInt(nanoseconds) / 1_000_000n >= before);
    deepStrictEqual(guest.call("clocks/wall-clock resolution"), {
      seconds: 0n,
      nanoseconds: 1_000_000,
    });
    const first = guest.call("clocks/monotonic-clock now");
    ok(guest.call("clocks/monotonic-clock now") >= first);
    strictEqual(guest.call("clocks/monotonic-clock resolution"), 1_000n);
  }));

// deno-fmt-ignore
const DATES: readonly [ms: number, datetime: unknown][] = [
  [0,       { seconds: 0n, nanoseconds: 0 }],
  [1_500.5, { seconds: 1n, nanoseconds: 500_500_000 }],
  [999.999, { seconds: 0n, nanoseconds: 999_999_000 }],
  [-1,      undefined],
];

for (const [ms, datetime] of DATES) {
  Deno.test(`datetimeOf() ${ms}`, () =>
    deepStrictEqual(datetimeOf(ms), datetime));
}

for (const name of ["random", "insecure"]) {
  const prefix = name === "random" ? "get-random" : "get-insecure-random";
  Deno.test(`${name} gives as many bytes as it is asked for, other ones each time`, () =>
    withGuest((guest) => {
      const bytes = (length: bigint) =>
        guest.call(`random/${name} ${prefix}-bytes`, length);
      strictEqual(bytes(0n).length, 0);
      strictEqual(bytes(70_000n).length, 70_000);
      // The last piece is filled, too.
      ok(bytes(70_000n).subarray(69_000).some((each: number) => each !== 0));
      notDeepStrictEqual(bytes(16n), bytes(16n));
      const u64 = () => guest.call(`random/${name} ${prefix}-u64`);
      ok(u64() !== u64());
    }));

  Deno.test(`${name} traps past its bound`, () =>
    withGuest((guest) =>
      throws(
        () =>
          guest.call(
            `random/${name} ${prefix}-bytes`,
            BigInt(RANDOM_BYTES_MAX) + 1n,
          ),
        CanonicalTrap,
      )
    ));
}

Deno.test("insecure-seed gives two numbers", () =>
  withGuest((guest) => {
    const [one, other] = guest.call("random/insecure-seed insecure-seed");
    strictEqual(typeof one, "bigint");
    ok(one !== other);
  }));

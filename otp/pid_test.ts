import { notStrictEqual, strictEqual, throws } from "node:assert";
import { inspect } from "node:util";
import fc from "fast-check";
import { Pid } from "./pid.ts";
import { Runtime } from "./runtime.ts";

const PARTS = fc.tuple(
  fc.nat(2 ** 10 - 1),
  fc.nat(2 ** 8 - 1),
  fc.maxSafeNat().map((serial) => serial % 2 ** 46),
);

Deno.test("fromBigInt() and toBigInt() undo each other for every u64", () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(u64, (value) => {
      strictEqual(Pid.fromBigInt(value).toBigInt(), value);
    }),
    { examples: [[0n], [2n ** 46n], [2n ** 54n], [2n ** 64n - 1n]] },
  );
});

// deno-fmt-ignore
const ALIASES: [[number, number, number, number], string, string][] = [
  // parts         prints as       as JSON
  [[0, 0, 5, 3],   "<0.0.5>#3",    "5#3"],
  [[1, 2, 0, 256], "<1.2.0>#256", `${2n ** 54n + 2n * 2n ** 46n}#256`],
];

for (const [parts, text, json] of ALIASES) {
  Deno.test(`Pid prints the alias ${text}, which has no u64`, () => {
    const alias = new Pid(...parts);
    strictEqual(String(alias), text);
    strictEqual(alias.toJSON(), json);
    throws(() => alias.toBigInt(), {
      name: "RangeError",
      message: `Cannot write an alias as a u64: ${text}`,
    });
  });
}

Deno.test("owner of an alias is its process, and of a process itself", () => {
  const alias = new Pid(1, 2, 3, 4);
  const pid = new Pid(1, 2, 3);
  strictEqual(alias.owner.equals(pid), true);
  strictEqual(pid.owner, pid);
  strictEqual(alias.equals(alias.owner), false);
});

Deno.test("toBigInt() keeps every part", () => {
  fc.assert(fc.property(PARTS, ([node, scheduler, serial]) => {
    const pid = new Pid(node, scheduler, serial);
    const copy = Pid.fromBigInt(pid.toBigInt());
    strictEqual(pid.equals(copy), true);
    strictEqual(copy.node, node);
    strictEqual(copy.scheduler, scheduler);
    strictEqual(copy.serial, serial);
  }));
});

Deno.test("equals() is true of equal parts only", () => {
  const few = fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1));
  fc.assert(fc.property(few, few, (one, other) => {
    const isSame = String(one) === String(other);
    strictEqual(new Pid(...one).equals(new Pid(...other)), isSame);
  }));
});

Deno.test("toString(), toJSON() and inspection print a pid", () => {
  fc.assert(fc.property(PARTS, ([node, scheduler, serial]) => {
    const pid = new Pid(node, scheduler, serial);
    strictEqual(String(pid), `<${node}.${scheduler}.${serial}>`);
    strictEqual(inspect(pid), String(pid));
    strictEqual(JSON.parse(JSON.stringify(pid)), String(pid.toBigInt()));
  }));
});

Deno.test("Pid is valid when it is 0", () => {
  const pid = new Pid(0, 0, 0);
  strictEqual(pid.toBigInt(), 0n);
  strictEqual(String(Pid.fromBigInt(0n)), "<0.0.0>");
});

// deno-fmt-ignore
const WRONG_PARTS = [
  // node    scheduler serial     what is wrong
  [-1,       0,        0,         "Cannot number a node: -1"],
  [2 ** 10,  0,        0,         "Cannot number a node: 1024"],
  [0.5,      0,        0,         "Cannot number a node: 0.5"],
  [NaN,      0,        0,         "Cannot number a node: NaN"],
  [0,        -1,       0,         "Cannot number a scheduler: -1"],
  [0,        2 ** 8,   0,         "Cannot number a scheduler: 256"],
  [0,        0.5,      0,         "Cannot number a scheduler: 0.5"],
  [0,        NaN,      0,         "Cannot number a scheduler: NaN"],
  [0,        0,        -1,        "Cannot number a process: -1"],
  [0,        0,        2 ** 46,   "Cannot number a process: 70368744177664"],
  [0,        0,        0.5,       "Cannot number a process: 0.5"],
  [0,        0,        Infinity,  "Cannot number a process: Infinity"],
] as const;

for (const [node, scheduler, serial, message] of WRONG_PARTS) {
  Deno.test(`Pid throws: ${message}`, () => {
    throws(() => new Pid(node, scheduler, serial), {
      name: "RangeError",
      message,
    });
  });
}

for (const alias of [-1, 0.5, NaN, 2 ** 53]) {
  Deno.test(`Pid throws when the alias is ${alias}`, () => {
    throws(() => new Pid(0, 0, 0, alias), {
      name: "RangeError",
      message: `Cannot number an alias: ${alias}`,
    });
  });
}

for (const value of [-1n, 2n ** 64n]) {
  Deno.test(`fromBigInt() throws when it is given ${value}`, () => {
    throws(() => Pid.fromBigInt(value), {
      name: "RangeError",
      message: `Cannot read a pid that is no u64: ${value}`,
    });
  });
}

// The rows are checked by the compiler; running them shows that none throws.
Deno.test("Pid<Message> stands only for what the process accepts", () => {
  const runtime = new Runtime();
  const text: Pid<string> = Pid.fromBigInt<string>(1n);
  const both: Pid<string | number> = Pid.fromBigInt(2n);
  const named: Pid = text;

  runtime.send(text, "a");
  runtime.send(both, 1);
  // @ts-expect-error A number is no string.
  runtime.send(text, 1);
  // @ts-expect-error Nothing is known of what it accepts.
  runtime.send(named, "a");

  const narrower: Pid<string> = both;
  // @ts-expect-error It takes no numbers.
  const wider: Pid<string | number> = text;
  // @ts-expect-error A name does not say what the process accepts.
  const guessed: Pid<string> = named;
  // @ts-expect-error It asks for more than it is sent.
  const unknowing: Pid<unknown> = text;

  strictEqual(narrower.equals(wider), false);
  strictEqual(guessed.equals(unknowing), true);
  notStrictEqual(narrower, guessed);
});

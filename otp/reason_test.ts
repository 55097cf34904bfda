import { deepStrictEqual, match, strictEqual } from "node:assert";
import {
  crashOf,
  type ExitReason,
  formatReason,
  isAbnormal,
} from "./reason.ts";

const NO_PROTOTYPE = Object.create(null);
const THROWING_STRING = {
  toString() {
    throw new Error("never");
  },
};
const REVOKED = Proxy.revocable({}, {});
REVOKED.revoke();

// deno-fmt-ignore
const THROWN = [
  // thrown                       name        message
  [new Error("a"),                "Error",     "a"],
  [new TypeError("b"),            "TypeError", "b"],
  [new DOMException("c", "Odd"),  "Odd",       "c"],
  [Object.freeze(new Error("d")), "Error",     "d"],
  ["text",                        "string",    "text"],
  [0,                             "number",    "0"],
  [undefined,                     "undefined", "undefined"],
  [null,                          "object",    "null"],
  [Symbol("s"),                   "symbol",    "Symbol(s)"],
  [12n,                           "bigint",    "12"],
  [[1, 2],                        "object",    "1,2"],
  [NO_PROTOTYPE,                  "object",    "unprintable object"],
  [THROWING_STRING,               "object",    "unprintable object"],
  [REVOKED.proxy,                 "object",    "unprintable object"],
] as const;

for (const [thrown, name, message] of THROWN) {
  Deno.test(`crashOf() names ${name} and says ${message}`, () => {
    const { stack: _, ...crash } = crashOf(thrown);
    deepStrictEqual(crash, { type: "crashed", name, message });
  });
}

Deno.test("crashOf() keeps the stack of an error", () => {
  match(crashOf(new Error("a")).stack ?? "", /^Error: a\n.*reason_test/);
});

Deno.test("crashOf() leaves the stack out when there is none", () => {
  const error = new Error("a");
  delete error.stack;
  strictEqual("stack" in crashOf(error), false);
  strictEqual("stack" in crashOf("a"), false);
});

for (const key of ["name", "message", "stack"] as const) {
  Deno.test(`crashOf() stands a ${key} that throws`, () => {
    const error = Object.defineProperty(new Error("a"), key, {
      get() {
        throw new Error("never");
      },
    });
    const expected = {
      name: "Error",
      message: "a",
      stack: crashOf(error).stack,
    };
    deepStrictEqual(crashOf(error), {
      type: "crashed",
      ...expected,
      [key]: `unreadable ${key}`,
    });
  });
}

Deno.test("crashOf() stands parts that are no text", () => {
  const error = new Error("a");
  Object.assign(error, { name: Symbol("s"), message: NO_PROTOTYPE });
  const { name, message } = crashOf(error);
  deepStrictEqual([name, message], ["Symbol(s)", "unprintable object"]);
});

const CRASH = crashOf(new Error("a\n  b\r\nc"));
const LIMIT = {
  type: "limit",
  limit: "cpu",
  message: "more than 5 s",
} as const;

// deno-fmt-ignore
const REASONS: [ExitReason, boolean, string][] = [
  // reason                          abnormal  on one line
  ["normal",                         false,    "normal"],
  ["shutdown",                       true,     "shutdown"],
  ["killed",                         true,     "killed"],
  ["noproc",                         true,     "noproc"],
  [CRASH,                            true,     "crashed: Error: a b c"],
  [LIMIT,                            true,     "limit cpu: more than 5 s"],
  [{ type: "exit", payload: "x\ny" }, true,    "exit: x y"],
  [{ type: "exit", payload: { exitCode: 3 } }, true, 'exit: {"exitCode":3}'],
  [{ type: "exit", payload: { n: 1n } }, true, "exit: [object Object]"],
  [{ type: "exit", payload: NO_PROTOTYPE }, true, "exit: unprintable object"],
];

for (const [reason, isOdd, line] of REASONS) {
  Deno.test(`formatReason() prints ${line}`, () => {
    strictEqual(formatReason(reason), line);
  });

  Deno.test(`isAbnormal() is ${isOdd} of ${line}`, () => {
    strictEqual(isAbnormal(reason), isOdd);
  });
}

import { deepStrictEqual, throws } from "node:assert";
import { parseArguments } from "./arguments.ts";
import { type Command, usageOf } from "./command.ts";
import { UsageError } from "./errors.ts";

const COPY: Command = {
  name: "copy",
  operands: [
    { name: "from", isOptional: false },
    { name: "to", isOptional: true },
  ],
  summary: "Copy",
  details: [],
  options: [
    { name: "mode", short: "m", value: "MODE", summary: "How" },
    { name: "force", short: "f", summary: "Whatever" },
  ],
  examples: [],
  needsFlags: false,
  run: () => Promise.resolve(0),
};

const READ: readonly [string, string[], Record<string, string>, string[]][] = [
  // words                        operands       values            flags
  ["a", ["a"], {}, []],
  ["a b", ["a", "b"], {}, []],
  ["--mode x a", ["a"], { mode: "x" }, []],
  ["a --mode=x", ["a"], { mode: "x" }, []],
  ["a -m x", ["a"], { mode: "x" }, []],
  ["a --mode x --mode y", ["a"], { mode: "y" }, []],
  ["a --mode=--force", ["a"], { mode: "--force" }, []],
  ["-f a", ["a"], {}, ["force"]],
  ["-fm x a", ["a"], { mode: "x" }, ["force"]],
  ["--force -- --mode", ["--mode"], {}, ["force"]],
  ["--help", [], {}, ["help"]],
  ["-h a b c", ["a", "b", "c"], {}, ["help"]],
];

for (const [words, operands, values, flags] of READ) {
  Deno.test(`parseArguments() reads ${words}`, () => {
    const parsed = parseArguments(COPY, words.split(" "));
    deepStrictEqual(parsed.operands, operands);
    deepStrictEqual(Object.fromEntries(parsed.values), values);
    deepStrictEqual([...parsed.flags], flags);
  });
}

/** A command that runs another one. */
const TRACE: Command = {
  ...COPY,
  name: "trace",
  operands: [{ name: "file", isOptional: false }],
  rest: "ARG",
  options: [
    { name: "env", short: "e", value: "K=V", repeats: true, summary: "Set" },
    { name: "force", summary: "Whatever" },
  ],
};

const TRACED: readonly [string, Record<string, string[]>, string[]][] = [
  // words                      lists              rest
  ["a", {}, []],
  ["a --", {}, []],
  ["a --env x", { env: ["x"] }, []],
  ["--env x a --env=y -e x", { env: ["x", "y", "x"] }, []],
  ["a -- b --env x", {}, ["b", "--env", "x"]],
  ["a -- --help -V", {}, ["--help", "-V"]],
  ["a -- b -- c", {}, ["b", "--", "c"]],
];

for (const [words, lists, rest] of TRACED) {
  Deno.test(`parseArguments() leaves words behind -- unread in ${words}`, () => {
    const parsed = parseArguments(TRACE, words.split(" "));
    deepStrictEqual(parsed.operands, ["a"]);
    deepStrictEqual(Object.fromEntries(parsed.lists), lists);
    deepStrictEqual(parsed.rest, rest);
    deepStrictEqual([parsed.values.size, parsed.flags.size], [0, 0]);
  });
}

const UNTRACED = [
  ["a b", "Unexpected argument: b; each ARG comes behind --"],
  ["-- a", "Missing <file>"],
  ["a --env", "Missing K=V behind --env"],
  [
    "a --forc",
    'Unknown option "--forc": did you mean "--force"?; each ARG comes behind --',
  ],
] as const;

for (const [words, message] of UNTRACED) {
  Deno.test(`parseArguments() refuses ${words} when words behind -- are another's`, () => {
    throws(
      () => parseArguments(TRACE, words.split(" ")),
      new UsageError(message),
    );
  });
}

const REFUSED = [
  ["", "Missing <from>"],
  ["a b c", "Unexpected argument: c"],
  ["a --fore", 'Unknown option "--fore": did you mean "--force"?'],
  ["a -x", 'Unknown option "-x": known options are --mode, --force, --help'],
  ["a --mode", "Missing MODE behind --mode"],
  ["a --mode --force", "Missing MODE behind --mode"],
  ["a --mode=", "Missing MODE behind --mode"],
  ["a -m", "Missing MODE behind -m"],
  ["a --force=yes", "Cannot give --force a value: yes"],
] as const;

for (const [words, message] of REFUSED) {
  Deno.test(`parseArguments() refuses ${words || "no words"}`, () => {
    const split = words === "" ? [] : words.split(" ");
    throws(() => parseArguments(COPY, split), new UsageError(message));
  });
}

Deno.test("usageOf() shows operands and options when a command has both", () => {
  deepStrictEqual(
    usageOf(COPY),
    "rusm copy <from> [to] [--mode MODE] [--force]",
  );
});

Deno.test("usageOf() shows what can be given again when a command has it", () => {
  deepStrictEqual(
    usageOf(TRACE),
    "rusm trace <file> [--env K=V]... [--force] [-- ARG...]",
  );
});

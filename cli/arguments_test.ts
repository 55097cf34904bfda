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

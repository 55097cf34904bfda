import { deepStrictEqual, throws } from "node:assert";
import { UsageError } from "../errors.ts";
import { readVariables } from "./variables.ts";

const READ: readonly [string, Record<string, string>, string[]][] = [
  // words          given                    inherited
  ["", {}, []],
  ["A=1", { A: "1" }, []],
  ["A=1 B=2", { A: "1", B: "2" }, []],
  ["A=", { A: "" }, []],
  ["A=1=2", { A: "1=2" }, []],
  ["HOME", {}, ["HOME"]],
  ["HOME A=1 USER", { A: "1" }, ["HOME", "USER"]],
  ["A=1 A=2", { A: "2" }, []],
  ["A A=2", { A: "2" }, []],
  ["A=1 A", {}, ["A"]],
  ["A A", {}, ["A"]],
  ["__proto__=1", { ["__proto__"]: "1" }, []],
];

for (const [words, given, inherited] of READ) {
  Deno.test(`readVariables() reads ${words || "no words"}`, () => {
    const split = words === "" ? [] : words.split(" ");
    deepStrictEqual(readVariables(split), { given, inherited });
  });
}

for (const word of ["=1", "=", ""]) {
  Deno.test(`readVariables() refuses "${word}"`, () => {
    throws(
      () => readVariables(["A=1", word]),
      new UsageError(`Missing NAME in --env: ${word}`),
    );
  });
}

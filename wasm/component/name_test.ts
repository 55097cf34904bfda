import { deepStrictEqual, ok, strictEqual } from "node:assert";

import {
  duplicateOf,
  isExternName,
  isLabel,
  parseFunctionName,
} from "./name.ts";

const LABELS: [text: string, isOne: boolean][] = [
  ["a", true],
  ["a1", true],
  ["a-b-c", true],
  ["own-pid", true],
  ["is-XML-http", true],
  ["sha-256", true],
  ["X", true],
  ["", false],
  ["-a", false],
  ["a-", false],
  ["a--b", false],
  ["1a", false],
  ["aB", false],
  ["a_b", false],
  ["a.b", false],
  ["é", false],
  ["a\n", false],
];

for (const [text, isOne] of LABELS) {
  Deno.test(`isLabel() of ${JSON.stringify(text)} is ${isOne}`, () => {
    strictEqual(isLabel(text), isOne);
  });
}

const NAMES: [text: string, isOne: boolean][] = [
  ["run", true],
  ["wasi:io/streams@0.2.3", true],
  ["wasi:io/streams@0.2.0-rc-2023-11-10", true],
  ["test:res/users", true],
  ["a:b:c/d/e", true],
  ["[constructor]bucket", true],
  ["[method]output-stream.write", true],
  ["[static]fields.from-list", true],
  ["[async method]a.b", true],
  ["unlocked-dep=<a:b@{>=1.0.0}>", true],
  ["unlocked-dep=<a:b>", true],
  ["integrity=<sha256-abc>", true],
  ["unlocked-dep=a:b", false],
  ["a.b", false],
  ["[constructor]a.b", false],
  ["[method]a", false],
  ["[other]a", false],
  ["wasi:io", false],
  ["io/streams", false],
  ["wasi:io/streams@x", false],
  ["wasi:IO_/streams", false],
  ["", false],
];

for (const [text, isOne] of NAMES) {
  Deno.test(`isExternName() of ${JSON.stringify(text)} is ${isOne}`, () => {
    strictEqual(isExternName(text), isOne);
  });
}

Deno.test("isExternName() takes little time over a name that nearly is one", () => {
  const start = performance.now();
  for (const piece of ["-0", "-a", "a:", "/a", "-0a", "."]) {
    isExternName(`a${piece.repeat(500)}!`);
    isExternName(`a:a/a@1.0.0${piece.repeat(500)}!`);
  }
  ok(performance.now() - start < 1000);
});

Deno.test("parseFunctionName() tells functions of resources apart", () => {
  const rows: [name: string, ...parts: unknown[]][] = [
    ["[constructor]a-b", "constructor", "a-b", "constructor"],
    ["[method]a-b.c", "method", "a-b", "c"],
    ["[static]a-b.c", "static", "a-b", "c"],
    ["[async method]a.b", "method", "a", "b"],
    ["[async]a", undefined, "", "a"],
    ["run", undefined, "", "run"],
  ];
  for (const [name, role, resource, label] of rows) {
    deepStrictEqual(parseFunctionName(name), { role, resource, label });
  }
});

Deno.test("duplicateOf() finds names that differ in case alone", () => {
  strictEqual(duplicateOf(["a", "b", "A"]), "A");
  strictEqual(duplicateOf(["a", "b"]), undefined);
});

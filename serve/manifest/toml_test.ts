import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { Position } from "../errors.ts";
import { parseToml, type TomlNode, type TomlTable } from "./toml.ts";

function parse(text: string): TomlTable {
  const result = parseToml(text);
  ok(result.type === "document", JSON.stringify(result));
  return result.root;
}

// Values without their places.
function plain(node: TomlNode): unknown {
  switch (node.type) {
    case "table":
      return Object.fromEntries(
        [...node.entries].map(([key, { node }]) => [key, plain(node)]),
      );
    case "array":
      return node.items.map(plain);
    case "float":
    case "date":
      return node.type;
    default:
      return node.value;
  }
}

// deno-fmt-ignore
const DOCUMENTS = [
  ["nothing",           "",                                {}],
  ["a byte order mark", "\ufeffa = 1",                     { a: 1n }],
  ["scalars",           "a = 'x'\nb = true\nc = 0xff",     { a: "x", b: true, c: 255n }],
  ["floats and dates",  "a = 1.0\nb = 1979-05-27",         { a: "float", b: "date" }],
  ["dotted keys",       "a.b = 1\na.c = 2",                { a: { b: 1n, c: 2n } }],
  ["quoted keys",       "\"GET /\" = 'x'",                 { "GET /": "x" }],
  ["headers",           "[a]\nb = 1\n[a.c]\nd = 2",        { a: { b: 1n, c: { d: 2n } } }],
  ["late parents",      "[a.b]\nc = 1\n[a]\nd = 2",        { a: { b: { c: 1n }, d: 2n } }],
  ["arrays of tables",  "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n[a.c]\nd = 3",
    { a: [{ b: 1n, c: { d: 2n } }, { c: { d: 3n } }] }],
  ["nested arrays of tables", "[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2",
    { a: [{ b: [{ c: 1n }, { c: 2n }] }] }],
  ["inline values",     "a = [{ b = 1 }, { c.d = [2] }]",  { a: [{ b: 1n }, { c: { d: [2n] } }] }],
  ["names of Object's", "[constructor]\ntoString = 1",     { constructor: { toString: 1n } }],
  ["big integers",      "a = 9223372036854775807",         { a: 9223372036854775807n }],
] as const;

for (const [what, text, expected] of DOCUMENTS) {
  Deno.test(`parseToml() reads ${what}`, () => {
    deepStrictEqual(plain(parse(text)), expected);
  });
}

Deno.test("parseToml() keeps __proto__ apart from the prototype", () => {
  const root = parse("__proto__.a = 1");
  deepStrictEqual([...root.entries.keys()], ["__proto__"]);
});

Deno.test("parseToml() tells places, 1-based", () => {
  const root = parse('a = "x"\n  [[serve]]\r\n  listen = 7\n[c.d]\n');
  const at: Record<string, Position | undefined> = {};
  const serve = root.entries.get("serve");
  ok(serve?.node.type === "array");
  const [first] = serve.node.items;
  ok(first?.type === "table");
  at["a"] = root.entries.get("a")?.keyAt;
  at["a value"] = root.entries.get("a")?.node.at;
  at["serve"] = serve.keyAt;
  at["first"] = first.at;
  at["listen"] = first.entries.get("listen")?.keyAt;
  at["listen value"] = first.entries.get("listen")?.node.at;
  at["c"] = root.entries.get("c")?.keyAt;
  deepStrictEqual(at, {
    "a": { line: 1, column: 1 },
    "a value": { line: 1, column: 5 },
    "serve": { line: 2, column: 5 },
    "first": { line: 2, column: 3 },
    "listen": { line: 3, column: 3 },
    "listen value": { line: 3, column: 12 },
    "c": { line: 4, column: 2 },
  });
});

// deno-fmt-ignore
const MISTAKES = [
  ["a = ",             1, 5, "the end of the line"],
  ["a = 1\na = 2",     2, 1, '"a = 2"'],
  ["[a]\n[a]",         2, 2, '"a]"'],
  ["a = \"x\ny = 1",   1, 7, "the end of the line"],
  ["a = 1\r\nb = x",   2, 5, '"x"'],
  ["a = '😀' x",       1, 10, '"x"'],
  ["listen",           1, 7, "the end of the line"],
  ["GET / = 'x'",      1, 5, "\"/ = 'x'\""],
] as const;

for (const [text, line, column, found] of MISTAKES) {
  Deno.test(`parseToml() refuses ${JSON.stringify(text)}`, () => {
    const result = parseToml(text);
    ok(result.type === "invalid");
    deepStrictEqual(result.problem.at, { line, column });
    ok(result.problem.message.startsWith("Cannot parse TOML, "));
    strictEqual(result.problem.hint, `found ${found}`);
  });
}

Deno.test("parseToml() refuses values that are nested too deeply", () => {
  const text = `a = ${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
  const result = parseToml(text);
  ok(result.type === "invalid");
  strictEqual(result.problem.hint, "values are nested too deeply");
});

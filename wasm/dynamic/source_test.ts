import { deepStrictEqual, strictEqual } from "node:assert";
import { defineProfile, type ProfileTable } from "../capability.ts";
import { type CodeSource, parseSource, sourceDenial } from "./source.ts";

function url(href: string): CodeSource {
  return { type: "url", url: new URL(href) };
}

const SOURCES: [text: string, source: CodeSource][] = [
  ["inline:", { type: "inline", code: "" }],
  [" inline: a:b\n", { type: "inline", code: " a:b" }],
  ["kv:b/k", { type: "kv", bucket: "b", key: "k" }],
  ["kv:b/k/l", { type: "kv", bucket: "b", key: "k/l" }],
  ["http://a.test/x", url("http://a.test/x")],
  ["https://a.test:1/x", url("https://a.test:1/x")],
  ["url:https://a.test/x", url("https://a.test/x")],
  ["\turl: http://a.test/x ", url("http://a.test/x")],
];

for (const [text, source] of SOURCES) {
  Deno.test(`parseSource() of ${JSON.stringify(text)} is a source of ${source.type}`, () => {
    deepStrictEqual(parseSource(text), source);
  });
}

const FORMS =
  "(expected `inline:<code>`, `kv:<bucket>/<key>`, `url:<address>`, or `http(s)://…`)";

const WRONG: [text: string, why: string][] = [
  ["", `unrecognised bundle source "" ${FORMS}`],
  ["x", `unrecognised bundle source "x" ${FORMS}`],
  ["ftp://a.test", `unrecognised bundle source "ftp://a.test" ${FORMS}`],
  ["http://", `unrecognised bundle source "http://" ${FORMS}`],
  ["url:file:///a", `unrecognised bundle source "url:file:///a" ${FORMS}`],
  ["url:a", `unrecognised bundle source "url:a" ${FORMS}`],
  [
    "x".repeat(99),
    `unrecognised bundle source "${"x".repeat(64)}…" ${FORMS}`,
  ],
  ...["kv:", "kv:b", "kv:b/", "kv:/k"].map((text): [string, string] => [
    text,
    `kv source must be \`kv:<bucket>/<key>\`, got "${text}"`,
  ]),
];

for (const [text, why] of WRONG) {
  Deno.test(`parseSource() of ${JSON.stringify(text)} says what it should be`, () => {
    strictEqual(parseSource(text), why);
  });
}

const NO_NETWORK = "spawn-from url denied: missing the network capability";
const ONE_HOST: ProfileTable = { network: ["a.test:8443", "b.test"] };

const GATES: [text: string, profile: ProfileTable, denial?: string][] = [
  ["inline:x", {}],
  ["kv:b/k", { storage: true }],
  [
    "kv:b/k",
    { network: true },
    "spawn-from kv denied: missing the storage capability",
  ],
  ["http://a.test", { network: true }],
  ["http://a.test", { storage: true }, NO_NETWORK],
  ["https://a.test:8443/x", ONE_HOST],
  ["http://b.test/x", ONE_HOST],
  [
    "https://a.test/x",
    ONE_HOST,
    "spawn-from url denied: the network capability does not reach a.test",
  ],
  [
    "url:http://c.test:81/x",
    ONE_HOST,
    "spawn-from url denied: the network capability does not reach c.test:81",
  ],
];

for (const [text, profile, denial] of GATES) {
  const what = denial === undefined ? "lets" : "does not let";
  Deno.test(`sourceDenial() ${what} ${JSON.stringify(profile)} use ${text}`, () => {
    const source = parseSource(text) as CodeSource;
    strictEqual(sourceDenial(defineProfile("p", profile), source), denial);
  });
}

import { strictEqual } from "node:assert";
import { nearest, suggest } from "./nearest.ts";

const WORDS = ["listen", "routes", "request_timeout_ms", "env"];

// deno-fmt-ignore
const TYPED = [
  ["listn",              "listen"],
  ["lisetn",             "listen"],
  ["listen",             "listen"],
  ["route",              "routes"],
  ["request-timeout-ms", "request_timeout_ms"],
  ["enw",                "env"],
  ["evn",                "env"],
  ["nev",                "env"],
  ["x",                  undefined],
  ["",                   undefined],
  ["eww",                undefined],
  ["headers",            undefined],
  ["x".repeat(100_000),  undefined],
] as const;

for (const [typed, word] of TYPED) {
  Deno.test(`nearest() finds ${word} for ${typed.slice(0, 20)}`, () => {
    strictEqual(nearest(typed, WORDS), word);
  });
}

Deno.test("nearest() prefers the smaller distance, then the first", () => {
  strictEqual(nearest("routed", ["routers", "routes"]), "routes");
  strictEqual(nearest("abcx", ["abcd", "abce"]), "abcd");
});

Deno.test("suggest() asks for the nearest word, or lists them", () => {
  strictEqual(suggest("listn", WORDS, "keys"), 'did you mean "listen"?');
  strictEqual(suggest("zzzz", ["a", "b"], "keys"), "keys are a, b");
});

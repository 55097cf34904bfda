import { strictEqual } from "node:assert";
import { isCompressible, mediaTypeOf } from "./media_type.ts";

// deno-fmt-ignore
const FILES = [
  ["index.html",     "text/html;charset=UTF-8",   true],
  ["A.B.JS",         "text/javascript;charset=UTF-8", true],
  ["a.json",         "application/json",          true],
  ["a.svg",          "image/svg+xml",             true],
  ["a.wasm",         "application/wasm",          true],
  ["a.png",          "image/png",                 false],
  ["a.woff2",        "font/woff2",                false],
  ["constructor",    "application/octet-stream",  false],
  ["a.unknown",      "application/octet-stream",  false],
  ["",               "application/octet-stream",  false],
] as const;

for (const [name, type, isText] of FILES) {
  Deno.test(`mediaTypeOf() of "${name}" is ${type}`, () => {
    strictEqual(mediaTypeOf(name), type);
    strictEqual(isCompressible(type), isText);
  });
}

Deno.test("isCompressible() reads the type as it is written", () => {
  strictEqual(isCompressible(" TEXT/Event-Stream ; charset=x"), true);
  strictEqual(isCompressible("application/vnd.a+json"), true);
  strictEqual(isCompressible(""), false);
});

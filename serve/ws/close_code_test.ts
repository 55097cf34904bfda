import { deepStrictEqual, strictEqual } from "node:assert";
import { closingOf } from "./close_code.ts";

/** What a guest asks for, and the code that is sent. */
const CODES: readonly (readonly [number, number | undefined])[] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1011, 1013, 1014, 3000, 4999]
    .map((code) => [code, code] as const),
  ...[0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535]
    .map((code) => [code, 1011] as const),
  [1005, undefined],
];

for (const [asked, sent] of CODES) {
  Deno.test(`closingOf() sends ${sent} when ${asked} is asked for`, () => {
    strictEqual(closingOf(asked, "why").code, sent);
  });
}

Deno.test("closingOf() cuts a reason to 123 bytes, between characters", () => {
  deepStrictEqual(closingOf(1000, "x".repeat(200)).reason.length, 123);
  strictEqual(closingOf(1000, "é".repeat(200)).reason, "é".repeat(61));
  strictEqual(closingOf(1000, "").reason, "");
});

Deno.test("closingOf() has no reason without a code", () => {
  deepStrictEqual(closingOf(1005, "why"), { reason: "" });
});

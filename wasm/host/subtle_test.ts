import { deepStrictEqual, rejects, strictEqual } from "node:assert";

import { PBKDF2_ITERATIONS_MAX, RSA_BITS_MAX } from "../limits.ts";
import type { SubtleRequest } from "../script/ops.ts";
import { answerSubtle } from "./subtle.ts";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

Deno.test("answerSubtle() digests the last piece", async () => {
  const data = encoder.encode("abc");
  const request = { type: "digest", algorithm: "SHA-1", lengths: [3] } as const;
  const { answer, bytes } = await answerSubtle(
    { ...request, lengths: [3] },
    data,
  );
  deepStrictEqual(answer, { lengths: [20] });
  strictEqual(bytes.toHex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
});

Deno.test("answerSubtle() puts bytes back where they belong", async () => {
  const bytes = new Uint8Array(12 + 16 + 5);
  const sealed = await answerSubtle({
    type: "encrypt",
    algorithm: { name: "AES-GCM", iv: { bytes: 2 } },
    key: {
      type: "secret",
      format: "raw",
      bytes: 0,
      algorithm: { name: "AES-GCM" },
      usages: ["encrypt"],
    },
    lengths: [16, 5, 12],
  }, bytes);
  const key = await crypto.subtle.importKey(
    "raw",
    new Uint8Array(16),
    "AES-GCM",
    false,
    ["encrypt"],
  );
  const iv = new Uint8Array(12);
  const expected = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv },
    key,
    new Uint8Array(5),
  );
  deepStrictEqual(sealed.bytes, new Uint8Array(expected));
});

Deno.test("answerSubtle() gives both keys of a pair, with their material", async () => {
  const { answer, bytes } = await answerSubtle({
    type: "generateKey",
    algorithm: { name: "ECDSA", namedCurve: "P-256" },
    usages: ["sign", "verify"],
    lengths: [],
  }, NOTHING);
  deepStrictEqual(
    answer.keys?.map(({ type, format, usages }) => [type, format, usages]),
    [["private", "pkcs8", ["sign"]], ["public", "spki", ["verify"]]],
  );
  strictEqual(bytes.length, answer.lengths[0]! + answer.lengths[1]!);
});

// deno-fmt-ignore
const REFUSED: [what: string, request: SubtleRequest, error: string][] = [
  ["an unknown algorithm", { type: "digest", algorithm: "MD5", lengths: [0] }, "NotSupportedError"],
  ["a large RSA key", { type: "generateKey", algorithm: { name: "RSA-PSS", hash: "SHA-256", modulusLength: RSA_BITS_MAX + 8 }, usages: ["sign"], lengths: [] }, "OperationError"],
  ["many iterations", { type: "deriveBits", algorithm: { name: "PBKDF2", iterations: PBKDF2_ITERATIONS_MAX + 1 }, lengths: [] }, "OperationError"],
  ["a key of a wrong length", { type: "importKey", format: "raw", algorithm: "AES-GCM", usages: ["encrypt"], lengths: [0] }, "DataError"],
  ["a use that it does not know", { type: "guess" as "sign", algorithm: "AES-GCM", key: { type: "secret", format: "raw", bytes: 0, algorithm: "AES-GCM", usages: ["encrypt"] }, lengths: [16, 0] }, "TypeError"],
];

for (const [what, request, name] of REFUSED) {
  Deno.test(`answerSubtle() refuses ${what}`, async () => {
    await rejects(answerSubtle(request, new Uint8Array(16)), { name });
  });
}

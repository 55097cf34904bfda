import { deepStrictEqual, strictEqual } from "node:assert";
import { constants, gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { acceptsGzip, GzipChunks } from "./gzip.ts";

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const chunks = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(70_000).map((length) => new Uint8Array(length).fill(0x61)),
  ),
  { maxLength: 6 },
);

Deno.test("GzipChunks makes one file of all chunks", () =>
  fc.assert(
    fc.property(chunks, (parts) => {
      const gzip = new GzipChunks();
      const file = join([...parts.map((part) => gzip.add(part)), gzip.end()]);
      deepStrictEqual(new Uint8Array(gunzipSync(file)), join(parts));
    }),
    { numRuns: 50 },
  ));

Deno.test("GzipChunks.add() holds nothing back", () => {
  const gzip = new GzipChunks();
  const sent: Uint8Array[] = [];
  for (const text of ["data: a\n\n", "x".repeat(10_000), ": ping\n\n"]) {
    sent.push(gzip.add(new TextEncoder().encode(text)));
    const inflated = gunzipSync(join(sent), {
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    strictEqual(inflated.toString().endsWith(text), true);
  }
  strictEqual(sent[1]!.length < 200, true);
});

// deno-fmt-ignore
const ACCEPTED = [
  [null,                    false],
  ["",                      false],
  ["gzip",                  true],
  ["br, GZip;q=0.5",        true],
  ["gzip;q=0",              false],
  ["gzip; q=0.000, *",      false],
  ["*",                     true],
  ["*;q=0",                 false],
  ["br, deflate",           false],
  ["gzip;q=nonsense",       false],
  ["x-gzip",                true],
] as const;

for (const [accepted, takes] of ACCEPTED) {
  Deno.test(`acceptsGzip() of ${JSON.stringify(accepted)} is ${takes}`, () => {
    strictEqual(acceptsGzip(accepted), takes);
  });
}

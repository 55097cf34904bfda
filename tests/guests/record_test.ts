import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { GUESTS } from "./guests.ts";
import { BUILT } from "./paths.ts";
import { digestOf, digestOfSources, readRecord } from "./record.ts";
import { readGuest } from "./testdata/run.ts";

const BYTES_MAX = 100_000;

Deno.test("every guest is built and recorded, and nothing else is", async () => {
  const names = GUESTS.map(({ name }) => name).sort();
  const files = [...Deno.readDirSync(BUILT)].map(({ name }) => name).sort();
  deepStrictEqual(Object.keys(await readRecord()), names);
  const expected = [...names.map((name) => `${name}.wasm`), "record.json"];
  deepStrictEqual(files, expected.sort());
});

for (const guest of GUESTS) {
  Deno.test(`${guest.name} is what was built of its sources, and small`, async () => {
    const bytes = await readGuest(guest.name);
    const { sources, component } = (await readRecord())[guest.name]!;
    strictEqual(await digestOf(bytes), component);
    strictEqual(await digestOfSources(guest), sources, "deno task guests");
    ok(bytes.length < BYTES_MAX, `${bytes.length}`);
  });
}

Deno.test("digestOfSources() changes with a flag, a header and a file of WIT", async () => {
  const guest = GUESTS.find(({ name }) => name === "counter")!;
  const others = [
    { ...guest, flags: ["-DX"] },
    { ...guest, sources: [...guest.sources, "c/rusm.h"] },
    { ...guest, wit: guest.wit.slice(1) },
  ];
  const digests = await Promise.all([guest, ...others].map(digestOfSources));
  strictEqual(new Set(digests).size, 4);
});

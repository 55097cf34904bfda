import { notStrictEqual, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { Fingerprints } from "./fingerprint.ts";

Deno.test("Fingerprints.of() tells contents, absence and words, and no order", async () => {
  await withDirectory({ a: "1", b: "2" }, async (directory) => {
    const [a, b, c] = ["a", "b", "c"].map((name) => `${directory}/${name}`);
    const of = (paths: string[], words: string[] = []) =>
      new Fingerprints().of(paths, words);
    const known = await of([a!, b!]);
    strictEqual(await of([b!, a!, a!]), known);
    notStrictEqual(await of([a!, b!, c!]), known);
    notStrictEqual(await of([a!, b!], ["word"]), known);
    await Deno.writeTextFile(b!, "3");
    notStrictEqual(await of([a!, b!]), known);
  });
});

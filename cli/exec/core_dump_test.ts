import { deepStrictEqual, strictEqual } from "node:assert";
import { record, withDirectory } from "../testdata/recorder.ts";
import { saveCoreDump } from "./core_dump.ts";

Deno.test("saveCoreDump() writes where the user is, and says so", async () => {
  await withDirectory({}, async (directory) => {
    const { io, stderr } = record(directory);
    const dump = Uint8Array.of(1, 2, 3);
    await saveCoreDump("a.core", dump, io);
    deepStrictEqual(await Deno.readFile(`${directory}/a.core`), dump);
    strictEqual(stderr(), "core dump of 3 bytes: a.core\n");
  });
});

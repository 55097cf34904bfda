// Saves the same few modules again and again, until it is killed.

import { ModuleStore } from "../../core/module_store.ts";
import { rewrite } from "../../instrument/rewrite.ts";

const CAPS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 10 };
const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const rewritten = rewrite(empty, CAPS);
const large = { ...rewritten, bytes: new Uint8Array(4_000_000) };

const store = new ModuleStore({
  directory: Deno.args[0]!,
  debug: (text) => console.error(text),
});
for (let count = 0;; count++) {
  await store.entry(`${count % 4}`.repeat(64), CAPS).save(large);
  if (count === 5) console.log("saving");
}

// Writes to the store of its first argument from 64 places at once, and prints
// the number of each value, a line each, when it was told that it is on disk.

import { openStore } from "../store.ts";

const store = await openStore(Deno.args[0]!);
let next = 0;
await Promise.all(Array.from({ length: 64 }, write));

async function write(): Promise<void> {
  while (next < 10_000) {
    const nth = next++;
    const value = new TextEncoder().encode(`value ${nth}`);
    await store.set("written", `${nth}`, value);
    Deno.stdout.writeSync(new TextEncoder().encode(`${nth}\n`));
  }
}

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ask, times } from "./closed_loop.ts";
import { manifestOf, withApp } from "./served.ts";

const BATCHES = 5;
const REQUESTS_PER_BATCH = 2_000;
const CONNECTIONS = 64;

// From the second batch to the last one. The heap, garbage collected, grows by
// some 50 kB of compiled code and counters in the meantime; 90 bytes left behind
// by each request, less than one timer or process, are more than this.
const HEAP_GROWTH_BYTES_MAX = 512 * 1024;

// The Workers' heaps among it, which are not collected here, and reach their
// size after some ten thousand requests. One instance left behind for each
// request would be 2,000 MB.
const RESIDENT_GROWTH_BYTES_MAX = 64 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

Deno.test("startApp() spawns one process per request, and keeps none", async () => {
  const memory: Deno.MemoryUsage[] = [];
  await withApp(manifestOf("healthy"), async ({ port, app, idle }) => {
    for (let batch = 1; batch <= BATCHES; batch++) {
      const goesOn = times(REQUESTS_PER_BATCH);
      const options = { port, path: "/", connections: CONNECTIONS, goesOn };
      const counts = await ask(options);
      deepStrictEqual([...counts], [["200 seen 1", REQUESTS_PER_BATCH]]);
      await idle();
      strictEqual(app.info().started, batch * REQUESTS_PER_BATCH);
      await collectGarbage();
      memory.push(Deno.memoryUsage());
    }
  }, { level: "off" });
  const [, second, ...later] = memory;
  const last = later.at(-1)!;
  const heapGrowthBytes = last.heapUsed - second!.heapUsed;
  ok(heapGrowthBytes < HEAP_GROWTH_BYTES_MAX, `${heapGrowthBytes} B of heap`);
  const residentGrowthBytes = last.rss - second!.rss;
  ok(
    residentGrowthBytes < RESIDENT_GROWTH_BYTES_MAX,
    `${residentGrowthBytes} B`,
  );
});

// What is found to be garbage is told to who has asked, and lets go of more.
async function collectGarbage(): Promise<void> {
  gc();
  await new Promise((resolve) => setTimeout(resolve));
  gc();
}

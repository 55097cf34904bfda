import { deepStrictEqual, strictEqual } from "node:assert";
import { systemHost } from "./host.ts";
import { POLL_INTERVAL_MS } from "./limits.ts";

const COUNT = 200;
const ORDER = Array.from({ length: COUNT }, (_, index) => index);

Deno.test("macrotask() keeps the order of calls when many wait", async () => {
  const { macrotask } = systemHost();
  const order: number[] = [];
  await new Promise<void>((resolve) => {
    for (const index of ORDER) macrotask(() => order.push(index));
    macrotask(resolve);
  });
  deepStrictEqual(order, ORDER);
});

// For so long that some of them wait for the sockets to be polled.
Deno.test("macrotask() keeps the order of calls on a busy thread", async () => {
  const { macrotask, now } = systemHost();
  const endMs = now() + 2 * POLL_INTERVAL_MS;
  const order: number[] = [];
  let calls = 0;
  await new Promise<void>((resolve) => {
    function call(): void {
      const index = calls++;
      macrotask(() => {
        order.push(index);
        if (now() < endMs) call();
        else if (order.length === calls) resolve();
      });
    }
    for (let chain = 0; chain < 3; chain++) call();
  });
  deepStrictEqual(order, Array.from({ length: calls }, (_, index) => index));
});

Deno.test("macrotask() comes after all microtasks", async () => {
  const { macrotask } = systemHost();
  for (const _ of ORDER) {
    let depth = 0;
    await new Promise<void>((resolve) => {
      macrotask(() => {
        strictEqual(depth, 100);
        resolve();
      });
      (async () => {
        for (; depth < 100; depth++) await undefined;
      })();
    });
  }
});

Deno.test("macrotask() keeps the order where there is no setImmediate", async () => {
  const url = new URL("./testdata/no_immediate_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const order = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  const macrotasks = Array.from({ length: 40 }, (_, index) => String(index));
  deepStrictEqual(order, ["microtask", ...macrotasks]);
});

Deno.test("timer() fires no earlier than its delay", async () => {
  const host = systemHost();
  const startMs = host.now();
  await new Promise<void>((resolve) => host.timer(5, resolve));
  // A timer counts whole milliseconds.
  strictEqual(host.now() - startMs >= 4, true);
});

Deno.test("timer() never fires when it was stopped", async () => {
  const host = systemHost();
  const fired: string[] = [];
  const stop = host.timer(0, () => fired.push("stopped"));
  stop();
  const late = await new Promise<() => void>((resolve) => {
    const stopLate = host.timer(1, () => resolve(stopLate));
  });
  late();
  deepStrictEqual(fired, []);
});

Deno.test("random() is between 0 and 1 and differs", () => {
  const { random } = systemHost();
  const numbers = ORDER.map(() => random());
  strictEqual(numbers.every((number) => number >= 0 && number < 1), true);
  strictEqual(new Set(numbers).size > 1, true);
});

Deno.test("now() never goes back", () => {
  const { now } = systemHost();
  let before = now();
  for (const _ of ORDER) {
    const after = now();
    strictEqual(after >= before, true);
    before = after;
  }
});

import { deepStrictEqual, strictEqual } from "node:assert";

import { Input } from "./input.ts";
import { Instant } from "./instant.ts";
import { anyReady, type Condition, Watchers } from "./watchers.ts";

/** A condition that the test makes ready, and that counts who watches it. */
class Door implements Condition {
  readonly watchers = new Watchers();
  isReady = false;

  watch(wake: () => void): () => void {
    return this.watchers.add(wake);
  }

  open(): void {
    this.isReady = true;
    this.watchers.wake();
  }
}

Deno.test("anyReady() resolves for the first of many, and leaves nothing with the others", async () => {
  const doors = Array.from({ length: 1_000 }, () => new Door());
  const waiting = anyReady(doors, () => {});
  deepStrictEqual(
    new Set(doors.map((door) => door.watchers.count)),
    new Set([1]),
  );
  doors[617]!.open();
  await waiting;
  deepStrictEqual(
    new Set(doors.map((door) => door.watchers.count)),
    new Set([0]),
  );
});

Deno.test("anyReady() waits on when what woke it is not ready", async () => {
  const door = new Door();
  const waiting = anyReady([door], () => {});
  door.watchers.wake();
  await Promise.resolve();
  strictEqual(door.watchers.count, 1);
  door.open();
  await waiting;
});

Deno.test("anyReady() that is stopped leaves no timeout and nobody who watches", () => {
  const door = new Door();
  const never = new Instant(performance.now() + 1e6, () => performance.now());
  let stop = () => {};
  anyReady([door, never], (each) => stop = each);
  stop();
  strictEqual(door.watchers.count, 0);
});

Deno.test("anyReady() watches a condition that is there twice", async () => {
  const door = new Door();
  const waiting = anyReady([door, door], () => {});
  door.open();
  await waiting;
  strictEqual(door.watchers.count, 0);
});

Deno.test("Instant.isReady is false before it, and true when it has woken", async () => {
  let nowMs = 0;
  const instant = new Instant(3, () => nowMs);
  strictEqual(instant.isReady, false);
  nowMs = 2;
  await new Promise<void>((resolve) => {
    instant.watch(resolve);
    nowMs = 3;
  });
  strictEqual(instant.isReady, true);
});

Deno.test("Input.watch() begins one read for all who wait", async () => {
  let readsCount = 0;
  const given = Promise.withResolvers<Uint8Array>();
  const input = new Input({
    read() {
      readsCount++;
      return given.promise;
    },
  });
  const stops = Array.from({ length: 3 }, () => input.watch(() => {}));
  const woken = new Promise<void>((resolve) =>
    stops.push(input.watch(resolve))
  );
  given.resolve(new Uint8Array(5));
  await woken;
  stops.forEach((stop) => stop());
  strictEqual(readsCount, 1);
  strictEqual(input.take(3)!.length, 3);
  strictEqual(input.available, 2);
});

import { deepStrictEqual, ok, strictEqual } from "node:assert";

import { FakeGuest } from "../testdata/guest.ts";
import {
  bytesOf,
  input,
  output,
  pipe,
  withGuest,
} from "../testdata/streams.ts";

Deno.test("poll tells which are ready, in order, and waits when none is", () =>
  withGuest(async (guest) => {
    const [one, other] = [pipe(), pipe()];
    const reading = input(guest, "subscribe", one.input);
    const writing = output(guest, "subscribe", other.output);
    const never = guest.call(
      "clocks/monotonic-clock subscribe-duration",
      10n ** 18n,
    );
    const poll = (...pollables: unknown[]) =>
      guest.call("io/poll poll", pollables);
    deepStrictEqual(
      poll(reading, writing, never, writing),
      Uint32Array.of(1, 3),
    );
    const waiting = poll(reading, never, reading);
    ok(waiting instanceof Promise);
    one.output.checkWrite();
    one.output.write(bytesOf(1));
    deepStrictEqual(await waiting, Uint32Array.of(0, 2));
    strictEqual(guest.call("io/poll [method]pollable.ready", reading), true);
    strictEqual(guest.call("io/poll [method]pollable.ready", never), false);
    strictEqual(
      guest.call("io/poll [method]pollable.block", reading),
      undefined,
    );
  }));

Deno.test("a clock wakes who waits for it, and not before its time", () =>
  withGuest(async (guest) => {
    const now = () => guest.call("clocks/monotonic-clock now") as bigint;
    const due = now() + 5_000_000n;
    const pollable = guest.call(
      "clocks/monotonic-clock subscribe-instant",
      due,
    );
    await guest.call("io/poll [method]pollable.block", pollable);
    ok(now() >= due);
    const past = guest.call("clocks/monotonic-clock subscribe-duration", 0n);
    strictEqual(guest.call("io/poll [method]pollable.ready", past), true);
    const begin = now();
    const span = guest.call(
      "clocks/monotonic-clock subscribe-duration",
      3_000_000n,
    );
    await guest.call("io/poll poll", [span]);
    ok(now() >= begin + 3_000_000n);
  }));

Deno.test("poll wakes for any of them, and leaves the others as they were", () =>
  withGuest(async (guest) => {
    const pipes = Array.from({ length: 100 }, () => pipe());
    const pollables = pipes.map((each) =>
      input(guest, "subscribe", each.input)
    );
    for (const index of [99, 0, 50]) {
      const waiting = guest.call("io/poll poll", pollables);
      pipes[index]!.output.checkWrite();
      pipes[index]!.output.write(bytesOf(1));
      deepStrictEqual(await waiting, Uint32Array.of(index));
      pipes[index]!.input.read(1n);
    }
  }));

// The sanitizers find the timeout, were it left.
Deno.test("a process that ends while it polls leaves no timer, and hears of nothing", async () => {
  const guest = new FakeGuest();
  const { input: reader, output: writer } = pipe();
  const pollables = [
    guest.call("clocks/monotonic-clock subscribe-duration", 10n ** 15n),
    input(guest, "subscribe", reader),
  ];
  let hasResolved = false;
  const waiting = guest.call("io/poll poll", pollables) as Promise<unknown>;
  waiting.then(() => hasResolved = true);
  guest.close();
  writer.checkWrite();
  writer.write(bytesOf(1));
  await new Promise((resolve) => setTimeout(resolve, 0));
  strictEqual(hasResolved, false);
});

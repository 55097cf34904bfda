import { deepStrictEqual, strictEqual } from "node:assert";

import type { IoError } from "../mod.ts";
import { errorOf } from "../testdata/guest.ts";
import { CLOSED, input, output, withGuest } from "../testdata/streams.ts";

const decoder = new TextDecoder();

Deno.test("standard input is shared by its streams, and waits", async () => {
  const given = Promise.withResolvers<Uint8Array>();
  const pieces = [given.promise, Promise.resolve(null)];
  await withGuest(async (guest) => {
    const one = guest.call("cli/stdin get-stdin");
    const other = guest.call("cli/stdin get-stdin");
    deepStrictEqual(input(guest, "read", one, 4n), new Uint8Array(0));
    const waiting = input(guest, "blocking-read", one, 3n);
    given.resolve(new TextEncoder().encode("hello"));
    strictEqual(decoder.decode(await waiting), "hel");
    strictEqual(decoder.decode(input(guest, "read", other, 9n)), "lo");
    deepStrictEqual(
      await errorOf(() => input(guest, "blocking-read", other, 9n)),
      CLOSED,
    );
  }, { stdin: { read: () => pieces.shift()! } });
});

Deno.test("a read of standard input that finds nothing begins one", async () => {
  let readsCount = 0;
  const read = () => {
    readsCount++;
    return new Promise<null>(() => {});
  };
  await withGuest((guest) => {
    const stdin = guest.call("cli/stdin get-stdin");
    input(guest, "read", stdin, 4n);
    input(guest, "read", stdin, 4n);
    strictEqual(readsCount, 1);
  }, { stdin: { read } });
});

Deno.test("standard input that fails says io", () =>
  withGuest(async (guest) => {
    const stdin = guest.call("cli/stdin get-stdin");
    const failing = input(guest, "blocking-read", stdin, 1n);
    const error = await errorOf(() => failing) as { val: IoError };
    strictEqual(error.val.detail?.code, "io");
  }, { stdin: { read: () => Promise.reject(new Error("gone")) } }));

Deno.test("standard input is at its end under a profile without stdio", () =>
  withGuest(async (guest) => {
    const stdin = guest.call("cli/stdin get-stdin");
    deepStrictEqual(
      await errorOf(() => input(guest, "read", stdin, 1n)),
      CLOSED,
    );
  }, { profile: "sandboxed" }));

Deno.test("standard output and error take what is written, and go on when a stream is dropped", () =>
  withGuest((guest) => {
    for (const name of ["stdout", "stderr"] as const) {
      const stream = guest.call(`cli/${name} get-${name}`);
      output(
        guest,
        "blocking-write-and-flush",
        stream,
        new TextEncoder().encode("a"),
      );
      guest.drop("io/streams output-stream", stream);
      const again = guest.call(`cli/${name} get-${name}`);
      output(
        guest,
        "blocking-write-and-flush",
        again,
        new TextEncoder().encode("b"),
      );
      strictEqual(guest.written[name], "ab");
    }
  }));

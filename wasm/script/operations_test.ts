import { deepStrictEqual, strictEqual, throws } from "node:assert";

import { defineProfile } from "../capability.ts";
import { OPERATION_BYTES_MAX, OPERATIONS_MAX } from "../limits.ts";
import {
  Operations,
  type OperationsGuest,
  type OperationsListener,
  type Settled,
} from "./operations.ts";
import { OPS } from "./ops.ts";

/** More than half of what may be under way. */
const HALF = new Uint8Array(OPERATION_BYTES_MAX / 2 + 1);

/** Hears what comes of operations. */
class Listener implements OperationsListener {
  readonly heard: [id: number, settled: Settled | "fired"][] = [];
  unheard = 0;
  #waiting: [count: number, resolve: () => void][] = [];

  settled(id: number, settled: Settled): void {
    this.#hear([id, settled]);
  }

  fired(id: number): void {
    this.#hear([id, "fired"]);
  }

  #hear(what: [number, Settled | "fired"]): void {
    this.heard.push(what);
    for (const [count, resolve] of this.#waiting) {
      if (this.heard.length >= count) resolve();
    }
  }

  /** Resolves when `count` things were heard. */
  count(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push([count, resolve]));
  }
}

function open(): { operations: Operations; listener: Listener } {
  const listener = new Listener();
  const capability = defineProfile("all", {
    network: true,
    preopens: [{ host: "/dev", guest: "/dev", readOnly: true }],
  });
  const guest = { capability } as OperationsGuest;
  return { operations: new Operations(guest, listener), listener };
}

Deno.test("Operations.call() does operations, and tells that others are none", () => {
  const { operations } = open();
  for (const op of [OPS.log, OPS.send, OPS.encode, 99]) {
    strictEqual(operations.call(op, [1]), false);
  }
  strictEqual(operations.call(OPS.timerStart, [1, 1e6]), true);
  strictEqual(operations.count, 1);
  strictEqual(operations.call(OPS.timerCancel, [1]), true);
  strictEqual(operations.count, 0);
});

// A frame of 16 MB took two seconds to be told from an operation: as a number.
Deno.test("Operations.call() does not read what an operation that is none was given", () => {
  const { operations } = open();
  const data = Object.assign(new Uint8Array(2), {
    toString: () => {
      throw new Error("It was read");
    },
  });
  for (const op of [OPS.wsSendText, OPS.wsSendBytes, OPS.decode, 99]) {
    strictEqual(operations.call(op, [data]), false);
  }
});

Deno.test("Operations fires timers by their times, and none that was cancelled", async () => {
  const { operations, listener } = open();
  const all = listener.count(2);
  operations.call(OPS.timerStart, [1, 30]);
  operations.call(OPS.timerStart, [2, 1]);
  operations.call(OPS.timerStart, [3, 10]);
  operations.call(OPS.timerCancel, [3]);
  operations.call(OPS.timerCancel, [42]);
  await all;
  deepStrictEqual(listener.heard, [[2, "fired"], [1, "fired"]]);
  strictEqual(operations.count, 0);
});

Deno.test("Operations settles what failed with its name and message", async () => {
  const { operations, listener } = open();
  const all = listener.count(3);
  operations.call(OPS.fileRead, [1, "/dev/missing"]);
  operations.call(OPS.fileWrite, [2, "/dev/x", new Uint8Array()]);
  operations.call(OPS.fetchStart, [3, '{"url":"no URL"}', null]);
  await all;
  const settled = new Map(listener.heard) as Map<number, Settled>;
  deepStrictEqual(settled.get(1), {
    errorName: "NotFound",
    head: "Cannot find the file",
    bytes: null,
  });
  deepStrictEqual(settled.get(2), {
    errorName: "NotCapable",
    head: 'Cannot write /dev/x: profile "all" does not grant writing there',
    bytes: null,
  });
  strictEqual(settled.get(3)?.errorName, "TypeError");
});

Deno.test("Operations refuses more than it may have, and starts again when some ended", () => {
  const { operations, listener } = open();
  for (let id = 0; id < OPERATIONS_MAX; id++) {
    operations.call(OPS.timerStart, [id, 1e6]);
  }
  throws(() => operations.call(OPS.timerStart, [-1, 1e6]), RangeError);
  throws(() => operations.call(OPS.fileRead, [-1, "/x"]), RangeError);
  operations.call(OPS.timerCancel, [0]);
  listener.unheard = 1;
  throws(() => operations.call(OPS.timerStart, [-1, 1e6]), RangeError);
  listener.unheard = 0;
  operations.call(OPS.timerStart, [-1, 1e6]);
  strictEqual(operations.count, OPERATIONS_MAX);
  operations.cancelAll();
  strictEqual(operations.count, 0);
});

// A guest can lose its turn between two calls, and the first have ended by then.
Deno.test("Operations bounds the data for keys that is under way", async () => {
  const { operations, listener } = open();
  const digest = (id: number) => {
    const request = JSON.stringify({
      ...{ type: "digest", algorithm: "SHA-256", lengths: [HALF.length] },
    });
    return operations.call(OPS.subtle, [id, request, HALF]);
  };
  const first = listener.count(1);
  strictEqual(digest(1), true);
  throws(() => digest(2), RangeError);
  await first;
  const second = listener.count(2);
  strictEqual(digest(3), true);
  await second;
  deepStrictEqual(
    listener.heard.map(([id, settled]) => [id, (settled as Settled).errorName]),
    [[1, null], [3, null]],
  );
});

for (const end of ["fetchAbort", "cancelAll"] as const) {
  Deno.test(`Operations ends a fetch by ${end}, which is heard of no more`, async () => {
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const controller = new AbortController();
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      signal: controller.signal,
    }, (request) => {
      request.signal.addEventListener("abort", () => left.resolve());
      asked.resolve();
      return new Promise<Response>(() => {});
    });
    const { operations, listener } = open();
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const head = { method: "GET", url, headers: [], redirect: "follow" };
    operations.call(OPS.fetchStart, [1, JSON.stringify(head), null]);
    await asked.promise;
    if (end === "cancelAll") operations.cancelAll();
    else operations.call(OPS.fetchAbort, [1]);
    await left.promise;
    controller.abort();
    await server.finished;
    deepStrictEqual(listener.heard, []);
  });
}

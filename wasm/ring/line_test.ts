import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { type MonitorRef, Pid, type Signal } from "@rusm/otp";
import fc from "fast-check";

import { Exchange } from "./exchange.ts";
import {
  FrameSource,
  type Note,
  type ProcessNote,
  Unreadable,
} from "./frame.ts";
import { PARKED_BYTES_MAX, RING_BYTES } from "./limits.ts";
import { type Arrival, Line } from "./line.ts";
import { createRing } from "./ring.ts";

const to = new Pid(0, 1, 2 ** 40 + 3);
const from = new Pid(1, 2, 3, 2 ** 40 + 9);
const ref = 7 as MonitorRef;

/** A line from one exchange to another, which nobody reads before `read` is called. */
class Way {
  readonly arrived: Arrival[] = [];
  readonly refused: Pid[] = [];
  overruns = 0;
  readonly near = new Exchange();
  readonly far = new Exchange();
  readonly line: Line;
  readonly #ring = createRing(RING_BYTES);
  readonly #end: Line;
  #waiting: [count: number, resolve: () => void] | undefined;

  constructor(keepsBytes = false) {
    this.line = new Line(this.near, this.far.bell, () => this.#ring, {
      keepsBytes,
      arrived() {},
      refused: (pid) => void this.refused.push(pid),
      overrun: () => void this.overruns++,
    });
    this.#end = new Line(this.far, this.near.bell, () => this.#ring, {
      keepsBytes,
      arrived: (content) => this.#arrive(content),
      refused() {},
      overrun() {},
    });
    // The near end hears of room only when it listens.
    this.line.receive(createRing(RING_BYTES));
  }

  #arrive(content: Arrival): void {
    this.arrived.push(content);
    const [count, resolve] = this.#waiting ?? [Infinity];
    if (this.arrived.length >= count) resolve!();
  }

  message(message: unknown): boolean {
    return this.line.send({ type: "message", to, message });
  }

  /** Reads until `count` have arrived. */
  async read(count: number): Promise<Arrival[]> {
    const enough = new Promise<void>((resolve) => {
      this.#waiting = [count, resolve];
    });
    this.listen();
    if (this.arrived.length < count) await enough;
    return this.arrived;
  }

  listen(): void {
    this.#end.receive(this.#ring);
  }

  takePosted(content: Arrival): void {
    this.#end.takePosted(content);
  }

  close(): void {
    this.near.close();
    this.far.close();
  }
}

async function withWay(
  test: (way: Way) => Promise<void>,
  keepsBytes = false,
): Promise<void> {
  const way = new Way(keepsBytes);
  // A bell does not keep the program alive, as a Worker does.
  const alive = setInterval(() => {}, 1_000);
  try {
    await test(way);
  } finally {
    way.close();
    clearInterval(alive);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const SIGNALS: Signal[] = [
  { type: "message", to, message: Uint8Array.of(1, 2) },
  { type: "message", to: from, message: "to an alias" },
  {
    ...{ type: "message", to, message: Uint8Array.of(1) },
    options: { metadata: { claims: ["a"], pid: from }, priority: true },
  },
  { type: "exit", to, from: undefined, via: "exit", reason: "kill" },
  {
    ...{ type: "exit", to, from, via: "link" },
    reason: { type: "exit", payload: { of: [from] } },
  },
  { type: "link", to, from },
  { type: "unlink", to, from, id: 3 },
  { type: "unlinked", to, from, id: 3 },
  { type: "monitor", to, watcher: from, ref },
  { type: "demonitor", to, ref },
  {
    type: "down",
    to,
    down: { type: "down", ref, pid: from, reason: "normal" },
  },
];

for (const keepsBytes of [false, true]) {
  Deno.test(`Line.send() carries every signal, keepsBytes=${keepsBytes}`, () =>
    withWay(async (way) => {
      for (const signal of SIGNALS) strictEqual(way.line.send(signal), true);
      deepStrictEqual(await way.read(SIGNALS.length), SIGNALS);
    }, keepsBytes));
}

Deno.test("Line.receive() gives bytes a buffer of their own, unless it keeps them", async () => {
  for (const keepsBytes of [false, true]) {
    await withWay(async (way) => {
      way.message(Uint8Array.of(1));
      way.message(Uint8Array.of(2));
      const [first, second] = await way.read(2) as { message: Uint8Array }[];
      deepStrictEqual([...first!.message, ...second!.message], [1, 2]);
      strictEqual(
        first!.message.buffer === second!.message.buffer,
        keepsBytes,
      );
    }, keepsBytes);
  }
});

const anyMessage = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string(),
  fc.jsonValue(),
  fc.constant(/not plain/),
  // Larger than a record, and than the ring.
  fc.constantFrom(RING_BYTES / 4 - 24, RING_BYTES / 4 - 23, 3 * RING_BYTES + 5)
    .map((length) => new Uint8Array(length).map((_, index) => index)),
);

Deno.test("Line.send() keeps the order of messages of all kinds and sizes", async () => {
  const messages = fc.array(anyMessage, { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(messages, (all) =>
      withWay(async (way) => {
        for (const message of all) strictEqual(way.message(message), true);
        const got = await way.read(all.length) as { message: unknown }[];
        deepStrictEqual(
          got.map(({ message }) => message),
          structuredClone(all),
        );
      })),
    { numRuns: 30 },
  );
});

Deno.test("Line.send() has copied when it returns", () =>
  withWay(async (way) => {
    const message = new Uint8Array(2 * RING_BYTES);
    way.message(message);
    way.message(message);
    message.fill(1);
    for (const each of await way.read(2)) {
      ok((each as { message: Uint8Array }).message.every((byte) => byte === 0));
    }
  }));

Deno.test("Line.send() refuses a message that cannot be copied, and no other with it", () =>
  withWay(async (way) => {
    strictEqual(way.message(1), true);
    strictEqual(way.message(() => 1), false);
    strictEqual(way.message(2), true);
    deepStrictEqual(way.refused, [to]);
    const got = await way.read(2) as { message: unknown }[];
    deepStrictEqual(got.map(({ message }) => message), [1, 2]);
  }));

Deno.test("Line.send() copies a message whose getter sends another", () =>
  withWay(async (way) => {
    const message = {
      get it() {
        way.message("first");
        return "second";
      },
    };
    way.message(message);
    const got = await way.read(2) as { message: unknown }[];
    deepStrictEqual(got.map(({ message }) => message), [
      "first",
      { it: "second" },
    ]);
  }));

Deno.test("Line.send() carries an end whose reason cannot be copied", () =>
  withWay(async (way) => {
    const reason = { type: "exit", payload: () => 1 } as const;
    const down = { type: "down", ref, pid: from, reason } as const;
    way.line.send({ type: "exit", to, from, via: "link", reason });
    way.line.send({ type: "down", to, down });
    const crash = {
      type: "crashed",
      name: "DataCloneError",
      message:
        "Cannot copy an exit reason to another scheduler: ()=>1 could not be cloned.",
    } as const;
    deepStrictEqual(await way.read(2), [
      { type: "exit", to, from, via: "link", reason: crash },
      { type: "down", to, down: { ...down, reason: crash } },
    ]);
  }));

const MEBIBYTE = 1024 * 1024;

Deno.test("Line.send() refuses messages when too much waits, and never a system signal", () =>
  withWay(async (way) => {
    let count = 0;
    while (way.message(new Uint8Array(MEBIBYTE))) count++;
    ok(count * MEBIBYTE <= PARKED_BYTES_MAX + RING_BYTES);
    ok((count + 2) * MEBIBYTE > PARKED_BYTES_MAX);
    for (let id = 0; id < 1_000; id++) {
      strictEqual(way.line.send({ type: "unlink", to, from, id }), true);
    }
    strictEqual(way.message(new Uint8Array(MEBIBYTE)), false);
    const got = await way.read(count + 1_000);
    deepStrictEqual(got.at(-1), { type: "unlink", to, from, id: 999 });
    strictEqual(way.overruns, 0);
    strictEqual(way.message("room again"), true);
  }));

Deno.test("Line.send() takes one message that is larger than all that may wait", () =>
  withWay(async (way) => {
    strictEqual(way.message(new Uint8Array(PARKED_BYTES_MAX + 1)), true);
    const [got] = await way.read(1) as { message: Uint8Array }[];
    strictEqual(got!.message.length, PARKED_BYTES_MAX + 1);
  }));

Deno.test("Line tells once that too many system signals wait", () =>
  withWay(async (way) => {
    const payload = "x".repeat(MEBIBYTE);
    const reason = { type: "exit", payload } as const;
    for (let count = 0; count < 66; count++) {
      way.line.send({ type: "exit", to, from, via: "exit", reason });
    }
    strictEqual(way.overruns, 0);
    await turn();
    strictEqual(way.overruns, 1);
  }));

Deno.test("Line.offer() drops a note when too much waits, Line.tell() does not", () =>
  withWay(async (way) => {
    let count = 0;
    while (way.message(new Uint8Array(MEBIBYTE))) count++;
    const text = "x".repeat(MEBIBYTE);
    const note = { type: "log", text };
    strictEqual(way.line.offer(note), false);
    way.line.tell(note);
    deepStrictEqual((await way.read(count + 1)).at(-1), note);
  }));

Deno.test("Line.post() keeps the place of what is posted, sooner or later", () =>
  withWay(async (way) => {
    const early = { type: "early" };
    const late = { type: "late" };
    way.listen();
    way.takePosted(early);
    way.line.tell({ type: "a" });
    way.line.post();
    way.line.tell({ type: "b" });
    way.line.post();
    way.line.tell({ type: "c" });
    while (way.arrived.length < 3) await turn();
    for (let count = 0; count < 3; count++) await turn();
    const types = () =>
      way.arrived.map((content) => (content as typeof late).type);
    deepStrictEqual(types(), ["a", "early", "b"]);
    way.takePosted(late);
    while (way.arrived.length < 5) await turn();
    deepStrictEqual(types(), ["a", "early", "b", "late", "c"]);
  }));

Deno.test("Line.hasMoved() tells of each piece that the other end takes", () =>
  withWay(async (way) => {
    strictEqual(way.line.hasMoved(), false);
    way.message(new Uint8Array(2 * RING_BYTES));
    strictEqual(way.line.hasMoved(), false);
    way.listen();
    await turn();
    // Not all of it: there was no room for that.
    deepStrictEqual([way.arrived.length, way.line.hasMoved()], [0, true]);
    strictEqual(way.line.hasMoved(), false);
    await way.read(1);
    strictEqual(way.line.hasMoved(), true);
    strictEqual(way.line.hasMoved(), false);
  }));

Deno.test("Line.close() refuses all that comes, and can be called twice", () =>
  withWay(async (way) => {
    strictEqual(way.message("before"), true);
    way.line.close();
    way.line.close();
    strictEqual(way.message("behind"), false);
    await way.read(1);
    strictEqual(way.arrived.length, 1);
  }));

Deno.test("Line.close() before the first send opens nothing", () => {
  const exchange = new Exchange();
  const open = () => {
    throw new Error("It was opened");
  };
  const line = new Line(exchange, exchange.bell, open, {
    ...{ keepsBytes: false, arrived() {}, refused() {}, overrun() {} },
  });
  line.close();
  strictEqual(line.send({ type: "link", to, from }), false);
});

Deno.test("FrameSource.read() of a message that cannot be read says whom it was for", () => {
  // No address; a clone of one byte, which says nothing.
  const bytes = new Uint8Array(24);
  bytes.set([17, 1, 0, 0, 0, 0xff], 16);
  const got = new FrameSource(bytes, false).read(1, 0, 22);
  ok(got instanceof Unreadable);
  ok(got.to.equals(new Pid(0, 0, 0)));
});

Deno.test("sendCopy() sends a part, whatever is written over it afterwards", async () => {
  await withWay(async (way) => {
    const bytes = new Uint8Array(3 * RING_BYTES);
    const expected: Uint8Array[] = [];
    // Short ones, those that fill the ring, and one that is larger than it.
    const lengths = [0, 1, 64, 97, 40_000, 60_000, 2 * RING_BYTES, 3];
    for (const [index, length] of lengths.entries()) {
      bytes.fill(index + 1, 5, 5 + length);
      expected.push(bytes.slice(5, 5 + length));
      strictEqual(way.line.sendCopy(to as never, bytes, 5, 5 + length), true);
    }
    bytes.fill(0xff);
    deepStrictEqual(
      await way.read(lengths.length),
      expected.map((message) => ({ type: "message", to, message })),
    );
  });
});

const crash = { type: "crashed", name: "Error", message: "é" } as const;

const one = new Pid(1, 2, 2 ** 40 + 9);

const PROCESS_NOTES: ProcessNote[] = [
  { type: "spawn", pid: one, component: 0, start: { entry: "run" } },
  {
    ...{ type: "spawn", pid: new Pid(0, 255, 2 ** 46 - 1), component: 2 ** 33 },
    start: { entry: "é", args: ["a", ""], env: { A: "b" }, stdio: true },
  },
  {
    ...{ type: "spawn", pid: one, component: 1, start: { entry: "run" } },
    signals: [
      { type: "monitor", to: one, watcher: from, ref },
      { type: "link", to: one, from },
    ],
  },
  { type: "exited", pid: one, component: 7, reason: "normal" },
  { type: "exited", pid: one, component: 7, reason: "killed" },
  { type: "exited", pid: one, component: 2 ** 33, reason: crash },
  { type: "exited", pid: one, component: 1, reason: crash, linkedTo: from },
];

Deno.test("Line.tell() carries what is told of processes, as it was", async () => {
  await withWay(async (way) => {
    for (const note of PROCESS_NOTES) way.line.tell(note);
    deepStrictEqual(await way.read(PROCESS_NOTES.length), PROCESS_NOTES);
  });
});

Deno.test("Line.tell() tells of an end whose reason cannot be copied", async () => {
  await withWay(async (way) => {
    const reason = { type: "exit", payload: () => {} } as const;
    way.line.tell({ type: "exited", pid: one, component: 1, reason } as Note);
    const [note] = await way.read(1) as [ProcessNote & { type: "exited" }];
    strictEqual((note.reason as { name: string }).name, "DataCloneError");
  });
});

import { deepStrictEqual, strictEqual } from "node:assert";

import { Exchange } from "./exchange.ts";
import { FRAMES_PER_TURN, RING_BYTES } from "./limits.ts";
import { type Arrival, Line } from "./line.ts";
import { createRing } from "./ring.ts";

/** A line from `near` to `far`, and what takes what it carries. */
function connect(
  near: Exchange,
  far: Exchange,
  arrived: (content: Arrival) => void,
  goesFirst = false,
): Line {
  const ring = createRing(RING_BYTES);
  const rest = { keepsBytes: false, refused() {}, overrun() {} };
  const line = new Line(near, far.bell, () => ring, { ...rest, arrived() {} });
  line.receive(createRing(RING_BYTES));
  new Line(far, near.bell, () => ring, { ...rest, arrived })
    .receive(ring, goesFirst);
  return line;
}

async function withExchanges(
  count: number,
  test: (...exchanges: Exchange[]) => Promise<void>,
): Promise<void> {
  const exchanges = Array.from({ length: count }, () => new Exchange());
  // A bell does not keep the program alive, as a Worker does.
  const alive = setInterval(() => {}, 1_000);
  try {
    await test(...exchanges);
  } finally {
    clearInterval(alive);
    for (const exchange of exchanges) exchange.close();
  }
}

/** How many sleep on a bell. Wakes them. */
function sleepers({ bell }: Exchange): number {
  return Atomics.notify(bell, 0);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

// The race of the top of exchange.ts, with so much from the first that most of
// it waits for room when the other has sent.
for (const count of [1, 5 * FRAMES_PER_TURN, 50 * FRAMES_PER_TURN]) {
  Deno.test(`Exchange takes all ${count} of the first before what was sent behind it`, () =>
    withExchanges(3, async (main, other, here) => {
      const arrived: string[] = [];
      const note = (content: Arrival) =>
        void arrived.push((content as { type: string }).type);
      const line = connect(main, here, note, true);
      const beside = connect(other, here, note);
      for (let index = 0; index < count; index++) line.tell({ type: "first" });
      beside.tell({ type: "other" });
      await until(() => arrived.includes("other"));
      strictEqual(arrived.indexOf("other"), count);
    }));
}

Deno.test("Exchange takes from others while the first never ends", () =>
  withExchanges(3, async (main, other, here) => {
    let isOver = false;
    // More than one turn takes, whenever some has arrived.
    const line = connect(main, here, () => {
      if (!isOver) line.tell({ type: "first" });
    }, true);
    const beside = connect(other, here, () => isOver = true);
    for (let count = 0; count < 2 * FRAMES_PER_TURN; count++) {
      line.tell({ type: "first" });
    }
    beside.tell({ type: "other" });
    await until(() => isOver);
  }));

Deno.test("Exchange lets the event loop run while frames never end", () =>
  withExchanges(2, async (near, far) => {
    let count = 0;
    const line = connect(near, far, () => {
      count++;
      line.tell({ type: "again" });
    });
    line.tell({ type: "again" });
    await until(() => count > 3 * FRAMES_PER_TURN);
  }));

Deno.test("Exchange goes on when a receiver throws", () =>
  withExchanges(2, async (near, far) => {
    const arrived: number[] = [];
    const thrown = Promise.withResolvers<void>();
    const line = connect(near, far, (content) => {
      const { id } = content as unknown as { id: number };
      arrived.push(id);
      if (id === 1) throw new Error("Mine");
    });
    const listener = (event: ErrorEvent) => {
      event.preventDefault();
      thrown.resolve();
    };
    globalThis.addEventListener("error", listener);
    for (const id of [0, 1, 2]) line.tell({ type: "note", id } as never);
    await thrown.promise;
    await until(() => arrived.length === 3);
    globalThis.removeEventListener("error", listener);
    deepStrictEqual(arrived, [0, 1, 2]);
  }));

Deno.test("Exchange.close() leaves nothing pending, and can be called twice", async () => {
  const exchange = new Exchange();
  connect(exchange, exchange, () => {});
  await turn();
  await turn();
  strictEqual(sleepers(exchange), 1);
  await turn();
  await turn();
  exchange.close();
  exchange.close();
  await turn();
  strictEqual(sleepers(exchange), 0);
  exchange.wake();
  await turn();
  strictEqual(sleepers(exchange), 0);
});

Deno.test("sent() resolves when all lies in rings, and finish() takes it out of them", () =>
  withExchanges(2, async (near, far) => {
    const ring = createRing(RING_BYTES);
    const rest = { keepsBytes: false, refused() {}, overrun() {} };
    const line = new Line(near, far.bell, () => ring, {
      ...rest,
      arrived() {},
    });
    let count = 0;
    const farLine = new Line(far, near.bell, () => ring, {
      ...rest,
      arrived: () => void count++,
    });
    await near.sent();
    const text = "x".repeat(RING_BYTES / 4);
    for (let index = 0; index < 20; index++) line.tell({ type: text });
    let isSent = false;
    const sent = near.sent().then(() => isSent = true);
    await turn();
    await turn();
    strictEqual(isSent, false);
    farLine.receive(ring);
    await sent;
    near.close();
    farLine.finish();
    strictEqual(count, 20);
  }));

Deno.test("takeNow() takes and sends in the middle of a turn", () =>
  withExchanges(2, async (main, here) => {
    const asked: string[] = [];
    const answered: string[] = [];
    const back = connect(
      here,
      main,
      (content) => void answered.push((content as { type: string }).type),
    );
    const line = connect(main, here, (content) => {
      asked.push((content as { type: string }).type);
      back.tell({ type: "pong" });
    });
    line.tell({ type: "ping" });
    await until(() => answered.length === 1);
    asked.length = answered.length = 0;
    line.tell({ type: "ping" });
    main.takeNow();
    here.takeNow();
    deepStrictEqual(asked, ["ping"]);
    main.takeNow();
    deepStrictEqual(answered, ["pong"]);
  }));

Deno.test("takeNow() does nothing when all is closed", () =>
  withExchanges(1, (here) => {
    here.close();
    here.takeNow();
    return Promise.resolve();
  }));

import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import fc from "fast-check";
import { type Context, TIMEOUT } from "./context.ts";
import { Runtime } from "./runtime.ts";
import { Sim } from "./sim.ts";
import { simulated } from "./testdata/simulated.ts";

/** One receive of the body: of any message, or of multiples; with or without an end. */
interface Receive {
  readonly multiplesOf: number | undefined;
  readonly timeoutMs: number | undefined;
}

type Command =
  | { readonly type: "send" }
  | { readonly type: "advance"; readonly ms: number };

type Received = number | "timeout";

const RECEIVES: fc.Arbitrary<Receive[]> = fc.array(
  fc.record({
    multiplesOf: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    timeoutMs: fc.option(fc.nat(6), { nil: undefined }),
  }),
  { maxLength: 20 },
);

const COMMANDS: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ type: "send" } as const) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("advance" as const),
        ms: fc.nat(8),
      }),
    },
  ),
  { maxLength: 40 },
);

/** What a process does, with plain arrays. */
class Model {
  readonly mailbox: number[] = [];
  readonly received: Received[] = [];
  readonly #receives: Receive[];
  #nowMs = 0;
  #dueMs: number | undefined;

  constructor(receives: readonly Receive[]) {
    this.#receives = [...receives];
  }

  settle(): void {
    while (this.#receives.length > 0 && this.#receiveNext());
  }

  #receiveNext(): boolean {
    const { multiplesOf = 1, timeoutMs = Infinity } = this.#receives[0]!;
    this.#dueMs ??= this.#nowMs + timeoutMs;
    const index = this.mailbox.findIndex((each) => each % multiplesOf === 0);
    if (index < 0 && this.#dueMs > this.#nowMs) return false;
    this.#receives.shift();
    this.#dueMs = undefined;
    const [message] = index < 0 ? [] : this.mailbox.splice(index, 1);
    this.received.push(message ?? "timeout");
    return true;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    this.settle();
    while (this.#dueMs !== undefined && this.#dueMs <= endMs) {
      this.#nowMs = this.#dueMs;
      this.settle();
    }
    this.#nowMs = endMs;
  }
}

function optionsOf({ multiplesOf, timeoutMs }: Receive) {
  return {
    ...(multiplesOf === undefined ? {} : { match: isMultipleOf(multiplesOf) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function isMultipleOf(number: number) {
  return (message: number) => message % number === 0;
}

function receiveOnce(self: Context<number>, receive: Receive) {
  const { multiplesOf, timeoutMs } = receive;
  const isPlain = multiplesOf === undefined && timeoutMs === undefined;
  return isPlain ? self.receive() : self.receive(optionsOf(receive));
}

/** A multiple of all that is asked for. */
const ANYTHING = 2 ** 30 * 3;
/** A multiple of nothing that is asked for. */
const END = 0.5;

Deno.test("receive() does what plain arrays do, whatever comes when", async () => {
  const slices = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(RECEIVES, COMMANDS, slices, fc.nat(), compare),
    { numRuns: 1_000 },
  );
});

async function compare(
  receives: Receive[],
  commands: Command[],
  reductionsPerSlice: number,
  seed: number,
): Promise<void> {
  const sim = new Sim({ seed });
  const runtime = new Runtime({ host: sim.host(), reductionsPerSlice });
  const model = new Model(receives);
  const received: Received[] = [];
  const left: number[] = [];

  const { pid } = runtime.spawn<number>(async (self) => {
    for (const receive of receives) {
      const message = await receiveOnce(self, receive);
      received.push(message === TIMEOUT ? "timeout" : message);
    }
    await self.receive({ match: (message) => message === END });
    while (runtime.mailboxDepth(self.pid)! > 0) left.push(await self.receive());
  });

  function send(message: number): void {
    model.mailbox.push(message);
    runtime.send(pid, message);
  }

  async function advance(ms: number): Promise<void> {
    model.advance(ms);
    await sim.advance(ms);
    deepStrictEqual(received, model.received);
  }

  let count = 0;
  for (const command of commands) {
    if (command.type === "send") send(count++);
    else await advance(command.ms);
  }
  for (const _ of receives) send(ANYTHING);
  await advance(0);
  runtime.send(pid, END);
  await sim.run();
  deepStrictEqual(left, model.mailbox);
  strictEqual(runtime.isAlive(pid), false);
}

function isOdd(message: number): boolean {
  return message % 2 === 1;
}

Deno.test("receive() keeps the order of each of many senders", async () => {
  const { sim, runtime } = simulated({ reductionsPerSlice: 3 });
  const order: [number, number][] = [];
  const receiver = runtime.spawn<[number, number]>(async (self) => {
    for (let count = 0; count < 60; count++) order.push(await self.receive());
  });
  for (const name of [0, 1, 2]) {
    runtime.spawn<"next">(async (self) => {
      for (let count = 0; count < 20; count++) {
        runtime.send(receiver.pid, [name, count]);
        runtime.send(self.pid, "next");
        await self.receive();
      }
    });
  }
  await sim.run();
  for (const name of [0, 1, 2]) {
    const own = order.filter(([sender]) => sender === name);
    deepStrictEqual(own.map(([, count]) => count), [...Array(20).keys()]);
  }
});

Deno.test("receive() without a wait finds what is there when the slice is spent", async () => {
  const { sim, runtime } = simulated({ reductionsPerSlice: 1 });
  const received: unknown[] = [];
  const handle = runtime.spawn<string>(async (self) => {
    received.push(await self.receive({ timeoutMs: 0 }));
  });
  runtime.send(handle.pid, "early");
  await sim.run();
  deepStrictEqual(received, ["early"]);
});

Deno.test("receive() is in time with a message that waits for its turn", async () => {
  for (const seed of Array(10).keys()) {
    const sim = new Sim({ seed });
    const host = sim.host();
    const runtime = new Runtime({ host, reductionsPerSlice: 1 });
    const received: unknown[] = [];
    const handle = runtime.spawn<number>(async (self) => {
      received.push(await self.receive({ timeoutMs: 5 }));
      received.push(await self.receive());
    });
    // The start has spent the slice, so at 5 ms the messages wait for the next,
    // and the seed decides whether that or the timeout comes first.
    host.timer(5, () => {
      runtime.send(handle.pid, 1);
      runtime.send(handle.pid, 2);
    });
    await sim.run();
    deepStrictEqual(received, [1, 2]);
  }
});

Deno.test("receive() leaves no timer behind when a message came in time", async () => {
  const { sim, host, runtime } = simulated();
  const handle = runtime.spawn<string>(async (self) => {
    await self.receive({ timeoutMs: 1_000 });
    await self.receive();
  });
  await sim.advance(1);
  runtime.send(handle.pid, "in time");
  await sim.advance(0);
  strictEqual(host.dueMs, Infinity);
  handle.kill();
});

Deno.test("kill() leaves no timer behind", async () => {
  const { sim, host, runtime } = simulated();
  const handle = runtime.spawn((self) => self.receive({ timeoutMs: 1_000 }));
  await sim.advance(1);
  handle.kill();
  strictEqual(host.dueMs, Infinity);
});

// deno-fmt-ignore
const SECOND_RECEIVES: [string, (self: Context<number>) => unknown][] = [
  ["any",       (self) => self.receive()],
  ["in time",   (self) => self.receive({ timeoutMs: 1 })],
  ["matching",  (self) => self.receive({ match: isOdd })],
];

for (const [what, receive] of SECOND_RECEIVES) {
  Deno.test(`receive() of ${what} throws while another waits`, async () => {
    const { sim, runtime } = simulated();
    let failure: unknown;
    const handle = runtime.spawn<number>(async (self) => {
      const waiting = self.receive();
      try {
        receive(self);
      } catch (thrown) {
        failure = thrown;
      }
      strictEqual(await waiting, 8);
    });
    await sim.run();
    runtime.send(handle.pid, 8);
    await sim.run();
    strictEqual(
      String(failure),
      "TypeError: Cannot receive while another receive waits",
    );
    strictEqual(await handle.join(), "normal");
  });
}

for (const timeoutMs of [-1, NaN, Infinity]) {
  Deno.test(`receive() throws when it waits ${timeoutMs} ms, message or not`, async () => {
    const { sim, runtime } = simulated();
    const handle = runtime.spawn<number>(async (self) => {
      for (const _ of [1, 2]) {
        await rejects(self.receive({ timeoutMs }), RangeError);
        runtime.send(self.pid, 1);
      }
      strictEqual(await self.receive(), 1);
    });
    await sim.run();
    strictEqual(await handle.join(), "normal");
  });
}

// The rows are checked by the compiler.
Deno.test("receive() is typed by what it is asked for", async () => {
  const { sim, runtime } = simulated();
  const handle = runtime.spawn<string | number>(async (self) => {
    for (const message of [1, "a", 2, "b", 3]) runtime.send(self.pid, message);

    const number: number = await self.receive({ match: isNumber });
    const timed: string | typeof TIMEOUT = await self.receive({
      match: (message) => typeof message === "string",
      timeoutMs: 1,
    });
    const odd: string | number = await self.receive({
      match: (message) => Number(message) % 2 === 1,
    });
    // @ts-expect-error The wait may end without a message.
    const late: string | number = await self.receive({ timeoutMs: 1 });
    // @ts-expect-error It matches more than text.
    const text: string = await self.receive({ match: () => true });
    deepStrictEqual([number, timed, odd, late, text], [1, "a", 3, 2, "b"]);
  });
  await sim.run();
  strictEqual(await handle.join(), "normal");
});

function isNumber(message: unknown): message is number {
  return typeof message === "number";
}

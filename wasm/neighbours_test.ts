import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  call,
  type CallMessage,
  type ExitReason,
  type Pid,
  server,
} from "@rusm/otp";

import {
  beatUntil,
  countingWorkers,
  watch,
  type WatchedPool,
  withPool,
} from "./testdata/workers.ts";

// Native processes on two schedulers whose Workers may do nothing.
const SETUP = {
  schedulers: [1, 2],
  permissions: {},
  program: new URL("./testdata/native_scheduler.ts", import.meta.url),
};

function start(
  { pool }: WatchedPool,
  entry: string,
  ...args: (string | Pid)[]
): Pid<unknown> {
  const texts = args.map((arg) => typeof arg === "string" ? arg : arg.toJSON());
  return pool.spawn(0, { entry, args: texts }) as Pid<unknown>;
}

/** What `pid` has ended with. */
async function told({ ends }: WatchedPool, pid: Pid): Promise<unknown> {
  const reason = await ends.of(pid);
  return typeof reason === "object" && reason.type === "exit"
    ? reason.payload
    : reason;
}

/** They are on two schedulers. */
function insistApart(one: Pid, other: Pid): void {
  ok(one.scheduler !== other.scheduler);
}

interface Adder {
  add(request: { readonly by: number }): number;
}

Deno.test("a call from one scheduler to another is answered, and its pids are pids", () =>
  withPool(SETUP, async (watched) => {
    const counter = start(watched, "counter");
    const caller = start(watched, "caller", counter);
    insistApart(counter, caller);
    deepStrictEqual(await told(watched, caller), [2, 5, true, `${caller}`]);
  }));

Deno.test("a call from the main thread to a scheduler is answered", () =>
  withPool(SETUP, async (watched) => {
    const counter = start(watched, "counter") as Pid<CallMessage<Adder>>;
    const replies: number[] = [];
    await watched.runtime.spawn(async (self) => {
      for (const by of [1, 2]) {
        replies.push(await call(self, counter, { type: "add", by }));
      }
    }).join();
    deepStrictEqual(replies, [1, 3]);
  }));

Deno.test("a call from a scheduler to the main thread is answered", () =>
  withPool(SETUP, async (watched) => {
    const { pid } = watched.runtime.spawn(server({
      init: () => ({ type: "ok", state: 10 }),
      handleCall: {
        add: ({ by }: { by: number }, state: number) => (
          { type: "reply", reply: state + by, state: state + by }
        ),
        echo: ({ value }: { value: unknown }) => (
          { type: "reply", reply: value }
        ),
      },
    } as never));
    const caller = start(watched, "caller", pid);
    deepStrictEqual(await told(watched, caller), [12, 15, true, `${caller}`]);
    watched.runtime.kill(pid);
  }));

Deno.test("a server is started and called in a Worker that may do nothing", () =>
  withPool(SETUP, async (watched) => {
    strictEqual(await told(watched, start(watched, "starter")), 7);
  }));

Deno.test("an alias of another scheduler takes one message", () =>
  withPool(SETUP, async (watched) => {
    const twice = start(watched, "twice");
    const alias = start(watched, "alias", twice);
    insistApart(twice, alias);
    deepStrictEqual(await told(watched, alias), ["one", "down"]);
  }));

Deno.test("messages of all kinds keep their order between two schedulers", () =>
  withPool(SETUP, async (watched) => {
    const count = 20_000;
    const collector = start(watched, "collector", `${count}`);
    insistApart(collector, start(watched, "sender", collector, `${count}`));
    strictEqual(await told(watched, collector), count);
  }));

Deno.test("a process that another scheduler was told of is there when it sends", () =>
  withPool(SETUP, async (watched) => {
    await watched.pool.ready();
    for (let round = 0; round < 100; round++) {
      const collector = start(watched, "collector", "1");
      start(watched, "sender", collector, "1");
      strictEqual(await told(watched, collector), 1);
    }
  }));

Deno.test("a monitor of a process on another scheduler tells why it ended", () =>
  withPool(SETUP, async (watched) => {
    const waiter = start(watched, "waiter");
    const watcher = start(watched, "watcher", waiter);
    insistApart(waiter, watcher);
    deepStrictEqual(await told(watched, watcher), {
      ...{ type: "exit", payload: "watching" },
    });
  }));

Deno.test("a scheduler hears that another is lost, and of the one in its place", () =>
  withPool(SETUP, async (watched) => {
    const { pool, runtime, losses } = watched;
    await pool.ready();
    const waiter = start(watched, "waiter");
    const isWatching = Promise.withResolvers<unknown>();
    const { pid: third } = runtime.spawn<unknown>(async (self) =>
      isWatching.resolve(await self.receive())
    );
    const watcher = start(watched, "watcher", waiter, third);
    insistApart(waiter, watcher);
    await isWatching.promise;
    // Beside the waiter. It has no body, so its Worker throws.
    start(watched, "no such body");
    const reason = await told(watched, watcher) as { name: string };
    strictEqual(reason.name, "SchedulerLost");
    strictEqual(losses.length, 1);
    strictEqual(losses[0]![0], waiter.scheduler);
    await pool.ready();
    const collector = start(watched, "collector", "100");
    insistApart(collector, start(watched, "sender", collector, "100"));
    strictEqual(await told(watched, collector), 100);
  }));

Deno.test("a process on a scheduler that there is not is not connected", () =>
  withPool(SETUP, async (watched) => {
    const nobody = { toJSON: () => `${(200n << 46n) + 1n}` } as Pid;
    const watcher = start(watched, "watcher", nobody, nobody);
    strictEqual(await told(watched, watcher), "noconnection");
  }));

// Its ring fills up and so does what is kept here, and nothing here waits for it.
Deno.test("a scheduler that is stuck is given up, while others send to it", () =>
  withPool({ ...SETUP, schedulers: [1] }, async (watched) => {
    const { pool, runtime, losses } = watched;
    await pool.ready();
    const waiter = start(watched, "waiter");
    const watcher = watch(runtime, waiter);
    await watcher.isWatching;
    start(watched, "spinner", "1500");
    const message = new Uint8Array(1024 * 1024);
    let count = 0;
    while (runtime.send(waiter, message)) count++;
    ok(count >= 31 && count <= 33, `${count} messages`);
    strictEqual(runtime.exit(waiter, "shutdown"), true);
    beatUntil(() => losses.length > 0, () => pool.ping());
    const lost: ExitReason = {
      type: "crashed",
      name: "SchedulerLost",
      message: "The scheduler was lost: it gave no sign of life 5 times",
    };
    deepStrictEqual(losses, [[1, "it gave no sign of life 5 times"]]);
    deepStrictEqual(await watcher.reason, lost);
  }));

Deno.test("Pool.close() leaves no Worker behind that has a ring to another", () =>
  countingWorkers(() =>
    withPool(SETUP, async (watched) => {
      const collector = start(watched, "collector", "100");
      start(watched, "sender", collector, "100");
      strictEqual(await told(watched, collector), 100);
    })
  ));

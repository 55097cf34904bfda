import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import type { Context } from "./context.ts";
import { LISTEN_FAILURES_MAX } from "./limits.ts";
import {
  type ConnectionHandler,
  listen,
  type ListenOptions,
} from "./listen.ts";
import { type Pid, processOf } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { ProcessHandle } from "./runtime.ts";
import type { ExitMessage } from "./signal.ts";
import { startSupervisor, whichChildren } from "./supervisor.ts";
import { FakeConnection, FakeListener } from "./testdata/fake_listener.ts";
import { type Simulated, simulated } from "./testdata/simulated.ts";
import { Runtime } from "./runtime.ts";

type Handler = ConnectionHandler<never, FakeConnection>;

interface Scene extends Simulated {
  readonly listener: FakeListener;
  readonly handle: ProcessHandle<ExitMessage>;
  /** The processes of connections, in the order they started. */
  readonly pids: Pid[];
}

/** A listener whose handler waits for ever, unless it is another. */
function scene(
  options: ListenOptions = {},
  handler: Handler = () => new Promise(() => {}),
): Scene {
  const simulation = simulated();
  const listener = new FakeListener();
  const pids: Pid[] = [];
  const noting: Handler = (self, connection) => {
    pids.push(self.pid);
    return handler(self, connection);
  };
  const body = listen(listener, noting, options);
  const handle = simulation.runtime.spawn(body);
  return { ...simulation, listener, handle, pids };
}

/** A handler that traps exits, and notes what it is asked. */
function trapping(asked: unknown[], isHeeding: boolean) {
  return async (self: Context<ExitMessage>) => {
    self.trapExits(true);
    do asked.push(await self.receive()); while (!isHeeding);
  };
}

Deno.test("listen() spawns a process for each connection", async () => {
  const spawn = { label: "visitor", mailboxMax: 0 };
  const { sim, runtime, listener, handle, pids } = scene({ spawn });
  const connections = [listener.connect(), listener.connect()];
  await sim.run();
  strictEqual(pids.length, 2);
  for (const pid of pids) {
    const process = processOf(pid)!;
    strictEqual(process.label, "visitor");
    ok(process.parent!.equals(handle.pid));
    strictEqual(runtime.send(pid as Pid<string>, "no room"), false);
  }
  deepStrictEqual(connections.map(({ closes }) => closes), [0, 0]);
});

const CRASH: ExitReason = { type: "exit", payload: "crash" };

for (
  const [name, handler] of Object.entries<Handler>({
    "returns": () => {},
    "throws": () => {
      throw new Error("no");
    },
    "exits": (self) => self.exit(CRASH),
    "is killed": async ({ runtime, pid }) => {
      runtime.kill(pid);
      await new Promise(() => {});
    },
    "closes the connection itself": (_self, connection) => connection.close(),
  })
) {
  Deno.test(`listen() closes the connection when its process ${name}`, async () => {
    const { sim, runtime, listener, handle } = scene({}, handler);
    const connection = listener.connect();
    const other = listener.connect();
    await sim.run();
    ok(connection.closes > 0);
    ok(other.closes > 0);
    deepStrictEqual(runtime.list(), [handle.pid]);
    strictEqual(listener.isClosed, false);
  });
}

Deno.test("listen() accepts no more than connectionsMax at a time", async () => {
  const { sim, runtime, listener, pids } = scene({ connectionsMax: 2 });
  [1, 2, 3].forEach(() => listener.connect());
  await sim.run();
  deepStrictEqual([pids.length, listener.asked], [2, 2]);
  runtime.kill(pids[0]!);
  await sim.run();
  deepStrictEqual([pids.length, listener.asked], [3, 3]);
});

Deno.test("listen() waits longer after each failure, up to a second", async () => {
  const { sim, listener, pids } = scene();
  await sim.run();
  const waitedMs: number[] = [];
  for (let count = 0; count < 9; count++) {
    const beforeMs = sim.nowMs;
    listener.fail(new Error("EMFILE"));
    await sim.run();
    waitedMs.push(sim.nowMs - beforeMs);
  }
  deepStrictEqual(waitedMs, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);

  listener.connect();
  await sim.run();
  strictEqual(pids.length, 1);
  const beforeMs = sim.nowMs;
  listener.fail(new Error("EMFILE"));
  await sim.run();
  strictEqual(sim.nowMs - beforeMs, 10);
});

Deno.test("listen() crashes with the error when it keeps failing", async () => {
  const { sim, runtime, listener, handle } = scene({ shutdownMs: 50 });
  const connection = listener.connect();
  for (let failures = 0; failures <= LISTEN_FAILURES_MAX; failures++) {
    strictEqual(runtime.isAlive(handle.pid), true);
    listener.fail(new TypeError("broken"));
    await sim.advance(1_000);
  }
  const reason = await handle.join();
  ok(typeof reason === "object" && reason.type === "crashed");
  deepStrictEqual([reason.name, reason.message], ["TypeError", "broken"]);
  deepStrictEqual([listener.isClosed, connection.closes], [true, 1]);
});

Deno.test("listen() crashes when the listener ends after it failed", async () => {
  const { sim, listener, handle } = scene();
  listener.fail(new RangeError("broken"));
  listener.end();
  await sim.run();
  const reason = await handle.join();
  ok(typeof reason === "object" && reason.type === "crashed");
  strictEqual(reason.name, "RangeError");
});

Deno.test("listen() exits normally when the listener and all connections have ended", async () => {
  const { sim, runtime, listener, handle, pids } = scene();
  listener.connect();
  listener.end();
  await sim.run();
  strictEqual(runtime.isAlive(handle.pid), true);
  runtime.kill(pids[0]!);
  await sim.run();
  strictEqual(await handle.join(), "normal");
});

Deno.test("listen() lets connections end when it is asked to exit", async () => {
  const { sim, runtime, listener, handle, pids } = scene();
  const connections = [listener.connect(), listener.connect()];
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.advance(4_999);
  strictEqual(listener.isClosed, true);
  runtime.exit(pids[0]!, "shutdown");
  await sim.advance(0);
  deepStrictEqual(connections.map(({ closes }) => closes), [1, 0]);
  await sim.advance(1);
  deepStrictEqual(connections.map(({ closes }) => closes), [1, 1]);
  strictEqual(await handle.join(), "shutdown");
  strictEqual(sim.nowMs, 5_000);
});

Deno.test("listen() exits as soon as the last connection has ended", async () => {
  const { sim, runtime, listener, handle, pids } = scene();
  listener.connect();
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.advance(10);
  runtime.kill(pids[0]!);
  await sim.run();
  strictEqual(await handle.join(), "shutdown");
  strictEqual(sim.nowMs, 10);
});

for (const isHeeding of [true, false]) {
  Deno.test(`listen() asks connections that trap exits: heeding=${isHeeding}`, async () => {
    const asked: unknown[] = [];
    const { sim, runtime } = simulated();
    const listener = new FakeListener();
    const handler = trapping(asked, isHeeding);
    const handle = runtime.spawn(listen(listener, handler));
    const connection = listener.connect();
    await sim.run();
    runtime.exit(handle.pid, "shutdown");
    await sim.run();
    const message = { type: "exit", from: handle.pid, reason: "shutdown" };
    deepStrictEqual(asked, [message]);
    strictEqual(connection.closes, 1);
    strictEqual(sim.nowMs, isHeeding ? 0 : 5_000);
    strictEqual(await handle.join(), "shutdown");
  });
}

Deno.test("listen() takes everything along when it is killed", async () => {
  const asked: unknown[] = [];
  const { sim, runtime } = simulated();
  const listener = new FakeListener();
  const handle = runtime.spawn(listen(listener, trapping(asked, false)));
  const connection = listener.connect();
  await sim.run();
  const late = new FakeConnection();
  listener.connect(late);
  handle.kill();
  await sim.run();
  deepStrictEqual(runtime.list(), []);
  const closes = [connection.closes, late.closes];
  deepStrictEqual([listener.isClosed, closes, asked], [true, [1, 1], []]);
});

Deno.test("listen() closes the listener when it is killed before its first turn", () => {
  const { handle, listener } = scene();
  handle.kill();
  strictEqual(listener.isClosed, true);
});

Deno.test("listen() leaves no timer when it is killed while it waits", async () => {
  const failing = scene();
  failing.listener.fail(new Error("EMFILE"));
  await failing.sim.advance(1);
  failing.handle.kill();
  strictEqual(failing.host.dueMs, Infinity);

  const draining = scene();
  draining.listener.connect();
  await draining.sim.advance(1);
  draining.runtime.exit(draining.handle.pid, "shutdown");
  await draining.sim.advance(1);
  draining.handle.kill();
  strictEqual(draining.host.dueMs, Infinity);
});

Deno.test("listen() bears a listener that fails because it is closed", async () => {
  const { sim, runtime, listener, handle, pids } = scene();
  listener.closedWith = new Error("closed");
  listener.connect();
  await sim.run();
  runtime.exit(handle.pid, "shutdown");
  await sim.advance(5);
  runtime.kill(pids[0]!);
  await sim.run();
  strictEqual(await handle.join(), "shutdown");
  strictEqual(sim.nowMs, 5);
});

Deno.test("listen() ignores what others ask", async () => {
  const { sim, runtime, handle } = scene();
  const other = runtime.spawn(({ pid }) => {
    runtime.exit(handle.pid, "shutdown", pid);
  });
  for (const message of [undefined, null, { type: "other" }]) {
    runtime.send(handle.pid as Pid<unknown>, message);
  }
  await sim.run();
  strictEqual(await other.join(), "normal");
  strictEqual(runtime.isAlive(handle.pid), true);
});

Deno.test("listen() lets go of connections that have ended", async () => {
  const { sim, listener, handle } = scene({}, () => {});
  const ties = new Set<unknown>();
  await sim.run();
  const process = processOf(handle.pid)!;
  process.tie = (tie) => ties.add(tie);
  process.untie = (tie) => ties.delete(tie);
  listener.connect();
  await sim.run();
  strictEqual(ties.size, 0);
});

Deno.test("listen() is a child that a supervisor stops and restarts", async () => {
  const { sim, runtime } = simulated();
  const listeners: FakeListener[] = [];
  const start = () => {
    listeners.push(new FakeListener());
    return listen(listeners.at(-1)!, () => {}, { failuresMax: 0 });
  };
  const pid = startSupervisor(runtime, { children: [{ id: "door", start }] });
  await sim.run();
  listeners[0]!.fail(new Error("broken"));
  await sim.run();
  deepStrictEqual(listeners.map(({ isClosed }) => isClosed), [true, false]);
  strictEqual((await whichChildren(runtime, pid)).length, 1);
  runtime.exit(pid, "shutdown");
  await sim.run();
  deepStrictEqual(listeners.map(({ isClosed }) => isClosed), [true, true]);
  deepStrictEqual(runtime.list(), []);
});

for (
  const options of [
    { connectionsMax: 0 },
    { connectionsMax: NaN },
    { failuresMax: -1 },
    { shutdownMs: -1 },
    { spawn: { mailboxMax: -1 } },
  ]
) {
  Deno.test(`listen() throws when told ${JSON.stringify(options)}`, () => {
    throws(() => listen(new FakeListener(), () => {}, options), RangeError);
  });
}

Deno.test("listen() serves a real socket", async () => {
  const runtime = new Runtime();
  const socket = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const handle = runtime.spawn(
    listen(socket, async (_self, { readable, writable }) => {
      await readable.pipeTo(writable);
    }),
  );
  const { port } = socket.addr;
  for (const text of ["one", "two"]) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(text));
    await connection.closeWrite();
    strictEqual(await new Response(connection.readable).text(), text);
  }
  const idle = await Deno.connect({ hostname: "127.0.0.1", port });
  await idle.write(Uint8Array.of(1));
  strictEqual(await idle.read(new Uint8Array(1)), 1);
  runtime.kill(handle.pid);
  strictEqual(await idle.read(new Uint8Array(1)).catch(() => null), null);
  idle.close();
  await rejects(Deno.connect({ hostname: "127.0.0.1", port }));
});

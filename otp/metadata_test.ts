import { deepStrictEqual, strictEqual } from "node:assert";
import { type Context, DONE, TIMEOUT } from "./context.ts";
import type { Metadata } from "./envelope.ts";
import type { Pid } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import type { Down, ExitMessage } from "./signal.ts";
import { Sim } from "./sim.ts";
import { simulated } from "./testdata/simulated.ts";
import { cluster } from "./testdata/wire.ts";

type Seen = [message: unknown, metadata: Metadata | undefined];

const TAG = { trace: "a1" };

/** Runs a process that notes `count` messages of whatever `send` sends it. */
async function noting(
  receive: (self: Context<unknown>) => unknown,
  send: (runtime: Runtime, to: Pid<unknown>, alias: Pid<unknown>) => unknown,
): Promise<Seen[]> {
  const { sim, runtime } = simulated();
  const seen: Seen[] = [];
  let alias!: Pid<unknown>;
  const { pid } = runtime.spawn<unknown>(async (self) => {
    self.trapExits(true);
    alias = self.alias({ priority: true });
    for (;;) {
      const message = await receive(self);
      seen.push([message, self.metadata]);
    }
  });
  await sim.advance(0);
  send(runtime, pid, alias);
  await sim.advance(10);
  runtime.kill(pid);
  return seen;
}

// deno-fmt-ignore
const SENDS: [string, (runtime: Runtime, to: Pid<unknown>, alias: Pid<unknown>) => unknown][] = [
  ["send()",         (runtime, to) => runtime.send(to, 1, { metadata: TAG })],
  ["send() by an alias", (runtime, _, alias) => runtime.send(alias, 1, { metadata: TAG })],
  ["send() with priority", (runtime, _, alias) => runtime.send(alias, 1, { metadata: TAG, priority: true })],
  ["sendAfter()",    (runtime, to) => runtime.sendAfter(to, 5, 1, { metadata: TAG })],
  ["sendEvery()",    (runtime, to) => runtime.sendEvery(to, 10, 1, { metadata: TAG })],
  ["sendWhenRoom()", (runtime, to) => runtime.sendWhenRoom(to, 1, { metadata: TAG })],
];

// deno-fmt-ignore
const RECEIVES: [string, (self: Context<unknown>) => unknown][] = [
  ["receive()",              (self) => self.receive()],
  ["receive() with match",   (self) => self.receive({ match: (message) => message === 1 })],
  ["receive() with timeout", (self) => self.receive({ timeoutMs: 1_000 })],
  ["receiveEach()",          received],
];

async function received(self: Context<unknown>): Promise<unknown> {
  let message: unknown;
  await self.receiveEach((each) => {
    message = each;
    return DONE;
  });
  return message;
}

for (const [sendName, send] of SENDS) {
  for (const [receiveName, receive] of RECEIVES) {
    Deno.test(`metadata of ${sendName} is there after ${receiveName}, and not in the message`, async () => {
      deepStrictEqual(await noting(receive, send), [[1, TAG]]);
    });
  }
}

Deno.test("metadata travels with sendWhenRoom() to a full mailbox", async () => {
  const { sim, runtime } = simulated();
  const seen: Seen[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    for (;;) seen.push([await self.receive(), self.metadata]);
  }, { mailboxMax: 1, overflow: "backPressure" });
  const sent = [1, 2].map((message) =>
    runtime.sendWhenRoom(pid, message, { metadata: { message } })
  );
  await sim.run();
  deepStrictEqual(await Promise.all(sent), [true, true]);
  deepStrictEqual(seen, [[1, { message: 1 }], [2, { message: 2 }]]);
});

Deno.test("metadata is of each message of sendEvery()", async () => {
  const receive = (self: Context<unknown>) => self.receive();
  const seen = await noting(
    receive,
    (runtime, to) => runtime.sendEvery(to, 3, 1, { metadata: TAG }),
  );
  deepStrictEqual(seen, [[1, TAG], [1, TAG], [1, TAG]]);
});

Deno.test("metadata is undefined before the first message", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  runtime.spawn<number>(async (self) => {
    seen.push(self.metadata);
    seen.push(await self.receive({ timeoutMs: 0 }), self.metadata);
  });
  await sim.run();
  deepStrictEqual(seen, [undefined, TIMEOUT, undefined]);
});

// deno-fmt-ignore
const UNTAGGED: [string, (runtime: Runtime, to: Pid<unknown>) => unknown][] = [
  ["a message",                 (runtime, to) => runtime.send(to, 2)],
  ["a message with options",    (runtime, to) => runtime.send(to, 2, {})],
  ["metadata that is undefined", (runtime, to) => runtime.send(to, 2, { metadata: undefined })],
  ["an exit message",           (runtime, to) => runtime.exit(to, "shutdown")],
];

for (const [what, send] of UNTAGGED) {
  for (const [receiveName, receive] of RECEIVES) {
    if (receiveName === "receive() with match") continue;
    Deno.test(`metadata is undefined after ${what} and ${receiveName}`, async () => {
      const seen = await noting(receive, (runtime, to) => {
        runtime.send(to, 1, { metadata: TAG });
        send(runtime, to);
      });
      deepStrictEqual(seen.map(([, metadata]) => metadata), [TAG, undefined]);
    });
  }
}

Deno.test("metadata stays as it is when a receive times out", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    await self.receive();
    for (const timeoutMs of [0, 5]) {
      const timed = await self.receive({ timeoutMs });
      seen.push(timed, self.metadata);
    }
  });
  runtime.send(pid, 1, { metadata: TAG });
  await sim.run();
  deepStrictEqual(seen, [TIMEOUT, TAG, TIMEOUT, TAG]);
});

Deno.test("metadata is of the message that a selective receive takes", async () => {
  const { sim, runtime } = simulated();
  const seen: Seen[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    for (const wanted of [3, 1, 2]) {
      const match = (message: number) => message === wanted;
      seen.push([await self.receive({ match }), self.metadata]);
    }
  });
  runtime.send(pid, 1, { metadata: { of: 1 } });
  runtime.send(pid, 2);
  runtime.send(pid, 3, { metadata: { of: 3 } });
  await sim.run();
  deepStrictEqual(seen, [[3, { of: 3 }], [1, { of: 1 }], [2, undefined]]);
});

Deno.test("metadata comes back with each message that was stashed", async () => {
  const { sim, runtime } = simulated();
  const seen: Seen[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    for (let count = 0; count < 3; count++) self.stash(await self.receive());
    self.unstash();
    for (let count = 0; count < 3; count++) {
      seen.push([await self.receive(), self.metadata]);
    }
  });
  runtime.send(pid, 1, { metadata: { of: 1 } });
  runtime.send(pid, 2);
  runtime.send(pid, 3, { metadata: { of: 3 } });
  await sim.run();
  deepStrictEqual(seen, [[1, { of: 1 }], [2, undefined], [3, { of: 3 }]]);
});

Deno.test("match sees the message without its metadata", async () => {
  const { sim, runtime } = simulated();
  const matched: unknown[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    await self.receive({
      match: (message) => {
        matched.push(message);
        return true;
      },
    });
  });
  runtime.send(pid, 1, { metadata: TAG });
  await sim.run();
  deepStrictEqual(matched, [1]);
});

Deno.test("metadata is shared within a thread", async () => {
  const receive = (self: Context<unknown>) => self.receive();
  const seen = await noting(
    receive,
    (runtime, to) => runtime.send(to, 1, { metadata: TAG }),
  );
  strictEqual(seen[0]![1], TAG);
});

for (const priority of [false, true]) {
  Deno.test(`metadata is copied between schedulers with priority ${priority}`, async () => {
    const sim = new Sim();
    const [here, there] = cluster(sim, 2);
    const seen: Seen[] = [];
    let alias!: Pid<unknown>;
    there!.runtime.spawn<unknown>(async (self) => {
      alias = self.alias({ priority: true });
      for (;;) seen.push([await self.receive(), self.metadata]);
    });
    await sim.run();
    here!.runtime.send(alias, 1, { metadata: TAG, priority });
    here!.runtime.send(alias, 2);
    await sim.run();
    deepStrictEqual(seen, [[1, TAG], [2, undefined]]);
    strictEqual(seen[0]![1] === TAG, false);
  });
}

Deno.test("metadata is undefined after a Down", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const target = runtime.spawn(() => new Promise(() => {}));
  const { pid } = runtime.spawn<number | Down | ExitMessage>(async (self) => {
    self.monitor(target.pid);
    await self.receive();
    seen.push(self.metadata);
    runtime.kill(target.pid);
    await self.receive();
    seen.push(self.metadata);
  });
  runtime.send(pid, 1, { metadata: TAG });
  await sim.run();
  deepStrictEqual(seen, [TAG, undefined]);
});

Deno.test("metadata of spawn() is there until a message is received", async () => {
  const { sim, runtime } = simulated();
  const seen: Seen[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    seen.push(["spawned", self.metadata]);
    seen.push([await self.receive({ timeoutMs: 0 }), self.metadata]);
    seen.push([await self.receive(), self.metadata]);
  }, { metadata: TAG });
  await sim.advance(0);
  runtime.send(pid, 1);
  await sim.advance(0);
  deepStrictEqual(seen, [["spawned", TAG], [TIMEOUT, TAG], [1, undefined]]);
});

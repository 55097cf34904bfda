import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { Pid } from "./pid.ts";
import { TIMEOUT } from "./context.ts";
import type { ExitReason } from "./reason.ts";
import { type Peer, Runtime } from "./runtime.ts";
import type { Down, MonitorRef, Signal } from "./signal.ts";
import { Sim } from "./sim.ts";
import { cluster, copyOf, type End } from "./testdata/wire.ts";

/** Two joined schedulers, and a process of the first that keeps what it receives. */
function pair() {
  const sim = new Sim();
  const [here, there] = cluster(sim, 2) as [End, End];
  const kept: unknown[] = [];
  const keeper = here.runtime.spawn<unknown>(async (self) => {
    for (;;) kept.push(await self.receive());
  });
  return { sim, here: here.runtime, there: there.runtime, keeper, kept };
}

Deno.test("send() reaches a process of another scheduler, in order", async () => {
  const { sim, there, keeper, kept } = pair();
  const pid = copyOf(keeper.pid) as typeof keeper.pid;
  for (const message of [1, 2, 3]) strictEqual(there.send(pid, message), true);
  deepStrictEqual(kept, []);
  await sim.run();
  deepStrictEqual(kept, [1, 2, 3]);
});

Deno.test("exit() and kill() reach a process of another scheduler", async () => {
  const { sim, here, there } = pair();
  const handles = [1, 2, 3].map(() => here.spawn((self) => self.receive()));
  const [exited, killed, ignored] = handles.map(({ pid }) =>
    copyOf(pid) as Pid
  );
  strictEqual(there.exit(exited!, "shutdown"), true);
  strictEqual(there.kill(killed!), true);
  strictEqual(there.exit(ignored!, "normal"), true);
  await sim.run();
  strictEqual(await handles[0]!.join(), "shutdown");
  strictEqual(await handles[1]!.join(), "killed");
  strictEqual(here.isAlive(handles[2]!.pid), true);
});

Deno.test("isAlive(), mailboxDepth() and spawn() know only their own scheduler", async () => {
  const { sim, here, there, keeper } = pair();
  await sim.run();
  const pid = copyOf(keeper.pid) as Pid;
  strictEqual(here.isAlive(pid), true);
  strictEqual(here.mailboxDepth(pid), 0);
  strictEqual(there.isAlive(keeper.pid), false);
  strictEqual(there.mailboxDepth(keeper.pid), undefined);
  throws(() => there.spawn(() => {}, { pid }), RangeError);
});

// deno-fmt-ignore
const ABSENT: [string, Pid, ExitReason][] = [
  ["ended here",              new Pid(0, 0, 999), "noproc"],
  ["never was there",         new Pid(0, 1, 999), "noproc"],
  ["is of no known scheduler", new Pid(0, 9, 0),  "noconnection"],
  ["is of no known node",     new Pid(5, 0, 0),   "noconnection"],
];

for (const [what, target, reason] of ABSENT) {
  Deno.test(`monitor() answers ${reason} for what ${what}`, async () => {
    const { sim, here } = pair();
    const downs: Down[] = [];
    here.spawn<Down>(async (self) => {
      const ref = self.monitor(target);
      const down = await self.receive();
      strictEqual(down.ref, ref);
      strictEqual(down.pid.equals(target), true);
      downs.push(down);
      downs.push(await self.receive());
    });
    await sim.run();
    deepStrictEqual(downs.map((down) => down.reason), [reason]);
  });
}

for (const target of [new Pid(0, 0, 999), new Pid(0, 9, 0)]) {
  Deno.test(`send(), exit() and kill() are false for ${target}`, () => {
    const { here } = pair();
    strictEqual(here.send(target as Pid<unknown>, 1), false);
    strictEqual(here.exit(target, "shutdown"), false);
    strictEqual(here.kill(target), false);
  });
}

Deno.test("demonitor() keeps a Down away that is on its way", async () => {
  for (const seed of Array(20).keys()) {
    const sim = new Sim({ seed });
    const [here, there] = cluster(sim, 2) as [End, End];
    const target = there.runtime.spawn((self) => self.receive());
    const watcher = here.runtime.spawn<Down>(async (self) => {
      const ref = self.monitor(copyOf(target.pid) as Pid);
      await self.receive({ match: () => false, timeoutMs: 1 });
      target.kill();
      strictEqual(self.demonitor(ref), true);
      strictEqual(await self.receive({ timeoutMs: 9 }), TIMEOUT);
    });
    await sim.run();
    strictEqual(await watcher.join(), "normal");
  }
});

/** A way to nowhere that keeps what is sent, and takes it or not. */
function deadEnd(isOpen: boolean): Peer & { readonly sent: Signal[] } {
  const sent: Signal[] = [];
  return {
    sent,
    send(signal) {
      sent.push(signal);
      return isOpen;
    },
  };
}

Deno.test("A watcher that ends says so to the scheduler it watched", async () => {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  const peer = deadEnd(true);
  runtime.connect(1, peer);
  const target = new Pid(0, 1, 7);
  const watcher = runtime.spawn<Down>((self) => self.monitor(target));
  await sim.run();
  const [monitor, demonitor] = peer.sent;
  strictEqual(peer.sent.length, 2);
  const { ref } = monitor as { ref: MonitorRef };
  const { pid } = watcher;
  deepStrictEqual(monitor, { type: "monitor", to: target, watcher: pid, ref });
  deepStrictEqual(demonitor, { type: "demonitor", to: target, ref });
});

const LETTERS = Uint8Array.of(1, 2, 3, 4);

Deno.test("sendCopy() sends a part, which is the receiver's own", async () => {
  const runtime = new Runtime();
  const receiver = runtime.spawn<Uint8Array>(async (self) => {
    const message = await self.receive();
    deepStrictEqual(message, Uint8Array.of(2, 3));
  });
  const bytes = LETTERS.slice();
  strictEqual(runtime.sendCopy(receiver.pid, bytes, 1, 3), true);
  bytes.fill(0);
  strictEqual(await receiver.join(), "normal");
  strictEqual(runtime.sendCopy(receiver.pid, bytes, 1, 3), false);
});

Deno.test("sendCopy() leaves the copy to a peer that makes one", () => {
  const runtime = new Runtime();
  const [copying, plain] = [deadEnd(true), deadEnd(true)];
  const copied: unknown[] = [];
  const sendCopy = (...args: unknown[]) => copied.push(args) > 1;
  runtime.connect(1, Object.assign(copying, { sendCopy }));
  runtime.connect(2, plain);
  const [one, other] = [
    new Pid<Uint8Array>(0, 1, 7),
    new Pid<Uint8Array>(0, 2, 7),
  ];
  strictEqual(runtime.sendCopy(one, LETTERS, 1, 3), false);
  strictEqual(runtime.sendCopy(one, LETTERS, 1, 3), true);
  deepStrictEqual(copied[0], [one, LETTERS, 1, 3]);
  strictEqual(runtime.sendCopy(other, LETTERS, 1, 3), true);
  const message = Uint8Array.of(2, 3);
  deepStrictEqual(plain.sent, [
    { type: "message", to: other, message, options: undefined },
  ]);
  strictEqual(copying.sent.length, 0);
});

Deno.test("monitor() answers noconnection when there is no room on the way", async () => {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  runtime.connect(1, deadEnd(false));
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(new Pid(0, 1, 7));
    strictEqual((await self.receive()).reason, "noconnection");
  });
  strictEqual(runtime.send(new Pid(0, 1, 7) as Pid<number>, 1), false);
  await sim.run();
  strictEqual(await watcher.join(), "normal");
});

Deno.test("disconnect() tells, with its reason, who watches there, and no one else", async () => {
  const sim = new Sim();
  const [here, there, other] = cluster(sim, 3) as [End, End, End];
  const targets = [here, there, other].map(({ runtime }) =>
    runtime.spawn((self) => self.receive()).pid
  );
  const downs: Down[] = [];
  here.runtime.spawn<Down>(async (self) => {
    for (const pid of targets) self.monitor(pid);
    for (;;) downs.push(await self.receive());
  });
  await sim.run();
  here.runtime.disconnect(1, "shutdown");
  here.runtime.disconnect(1, "killed");
  there.runtime.kill(targets[1]!);
  await sim.run();
  strictEqual(downs.length, 1);
  strictEqual(downs[0]!.pid.equals(targets[1]!), true);
  strictEqual(downs[0]!.reason, "shutdown");
});

Deno.test("disconnect() forgets the watchers of the other side", async () => {
  const sim = new Sim();
  const runtime = new Runtime({ host: sim.host() });
  runtime.connect(1, deadEnd(true));
  const target = runtime.spawn((self) => self.receive());
  const [lost, stays] = [new Pid(0, 1, 7), new Pid(0, 2, 7)];
  const peers = [lost, stays].map((watcher, index) => {
    const ref = index as MonitorRef;
    runtime.signal({ type: "monitor", to: target.pid, watcher, ref });
    return deadEnd(true);
  });
  runtime.disconnect(1);
  runtime.connect(1, peers[0]!);
  runtime.connect(2, peers[1]!);
  target.kill();
  deepStrictEqual(peers.map(({ sent }) => sent.length), [0, 1]);
  await sim.run();
});

Deno.test("disconnect() lets a scheduler come back under its number", async () => {
  const { sim, here, there, keeper, kept } = pair();
  there.disconnect(0);
  strictEqual(there.send(keeper.pid, "lost"), false);
  there.connect(0, { send: (signal) => here.signal(signal) });
  strictEqual(there.send(keeper.pid, "found"), true);
  await sim.run();
  deepStrictEqual(kept, ["found"]);
});

// deno-fmt-ignore
const CONNECTS: [string, number, string][] = [
  ["itself",       0,   "Cannot connect a scheduler twice: 0"],
  ["a known one",  1,   "Cannot connect a scheduler twice: 1"],
  ["none",         256, "Cannot number a scheduler: 256"],
];

for (const [what, scheduler, message] of CONNECTS) {
  Deno.test(`connect() throws when it is given ${what}`, () => {
    const { here } = pair();
    throws(() => here.connect(scheduler, deadEnd(true)), {
      name: "RangeError",
      message,
    });
  });
}

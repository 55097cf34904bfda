/**
 * A process is a process: what others see of it is the same, whether it runs a
 * TypeScript function in this thread or a component in a Worker.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert";
import {
  type Context,
  type Down,
  type ExitMessage,
  type ExitReason,
  type Pid,
  Runtime,
} from "@rusm/otp";

import { defineProfile } from "./capability.ts";
import { GUEST_MAILBOX_MAX } from "./limits.ts";
import {
  type Behaviour,
  COMPUTE,
  COUNT,
  FORWARD,
  RETURN,
  TALLY,
  THROW,
} from "./testdata/behaviours.ts";
import { withEngine } from "./testdata/workers.ts";

/** One kind of process. */
interface Kind {
  /** Where its watchers live. */
  readonly runtime: Runtime;
  /** Starts a process. */
  spawn(behaviour: Behaviour): Pid<string>;
}

/** What arrives at the process of a case. */
type Arrival = Uint8Array | Down | ExitMessage;

/** What others do with processes of a kind: what came of it. */
type Case = (kind: Kind, self: Context<Arrival>) => unknown;

function withNative(run: (kind: Kind) => Promise<void>): Promise<void> {
  const runtime = new Runtime();
  return run({
    runtime,
    spawn: ({ native }) =>
      runtime.spawn(native, { mailboxMax: GUEST_MAILBOX_MAX }).pid,
  });
}

async function withGuests(
  behaviours: Behaviour[],
  run: (kind: Kind) => Promise<void>,
): Promise<void> {
  // How long a guest computes is not the question here, on a busy machine either.
  const patient = defineProfile("patient", { cpuMsMax: 600_000 });
  await withEngine({ schedulersPerPool: 2 }, async ({ engine, runtime }) => {
    const components = new Map(
      await Promise.all(behaviours.map(async (behaviour) => {
        const bundle = `exports.default = ${behaviour.guest}`;
        const component = await engine.load("kind", bundle, patient);
        return [behaviour, component] as const;
      })),
    );
    await run({
      runtime,
      spawn: (behaviour) => engine.spawn(components.get(behaviour)!, "run"),
    });
  });
}

const EXIT: ExitReason = { type: "exit", payload: { code: 3 } };

const CASES: Record<string, [behaviours: Behaviour[], run: Case]> = {
  "messages arrive in the order they were sent": [
    [FORWARD],
    async (kind, self) => {
      const pid = start(kind, FORWARD, self);
      for (let count = 0; count < 300; count++) {
        kind.runtime.send(
          pid,
          `${count}`,
        );
      }
      for (let count = 0; count < 300; count++) {
        strictEqual(
          await text(self),
          `${count}`,
        );
      }
    },
  ],

  "one process's messages reach another by way of a third": [
    [FORWARD],
    async (kind, self) => {
      const last = start(kind, FORWARD, self);
      const first = kind.spawn(FORWARD);
      kind.runtime.send(first, last.toJSON());
      for (const message of ["a", "b", "c"]) kind.runtime.send(first, message);
      deepStrictEqual([await text(self), await text(self), await text(self)], [
        "a",
        "b",
        "c",
      ]);
    },
  ],

  "a monitor tells once, behind all messages": [[COUNT], async (kind, self) => {
    const pid = kind.spawn(COUNT);
    const ref = self.monitor(pid);
    kind.runtime.send(pid, self.pid.toJSON());
    for (let count = 0; count < 10; count++) {
      strictEqual(await text(self), `${count}`);
    }
    deepStrictEqual(await down(self), [ref, "normal"]);
    // Nothing but the answer to a second monitor follows.
    const second = self.monitor(pid);
    deepStrictEqual(await down(self), [second, "noproc"]);
  }],

  "each monitor tells for itself": [[FORWARD], async (kind, self) => {
    const pid = start(kind, FORWARD, self);
    const refs = [self.monitor(pid), self.monitor(pid)];
    kind.runtime.kill(pid);
    deepStrictEqual(
      [await down(self), await down(self)],
      refs.map((ref) => [ref, "killed"]),
    );
  }],

  "a monitor that was given up tells nothing": [
    [FORWARD],
    async (kind, self) => {
      const pid = start(kind, FORWARD, self);
      const ref = self.monitor(pid);
      strictEqual(self.demonitor(ref), true);
      const kept = self.monitor(pid);
      kind.runtime.kill(pid);
      deepStrictEqual(await down(self), [kept, "killed"]);
    },
  ],

  "a function that returns ends normally": [[RETURN], async (kind, self) => {
    deepStrictEqual(await reason(kind, RETURN, self), "normal");
  }],

  "a function that throws crashes with what it threw": [
    [THROW],
    async (kind, self) => {
      const { stack: _, ...crash } = await reason(kind, THROW, self) as Extract<
        ExitReason,
        { type: "crashed" }
      >;
      deepStrictEqual(crash, {
        type: "crashed",
        name: "RangeError",
        message: "far",
      });
    },
  ],

  "exit ends it with the reason while it waits": [
    [FORWARD],
    async (kind, self) => {
      for (
        const [asked, seen] of [["shutdown", "shutdown"], ["kill", "killed"], [
          EXIT,
          EXIT,
        ]] as const
      ) {
        const pid = start(kind, FORWARD, self);
        const ref = self.monitor(pid);
        kind.runtime.exit(pid, asked);
        deepStrictEqual(await down(self), [ref, seen]);
      }
    },
  ],

  "exit ends it with the reason while it computes": [
    [COMPUTE],
    async (kind, self) => {
      for (
        const [asked, seen] of [["shutdown", "shutdown"], ["kill", "killed"], [
          EXIT,
          EXIT,
        ]] as const
      ) {
        const pid = start(kind, COMPUTE, self);
        const ref = self.monitor(pid);
        strictEqual(await text(self), "on");
        kind.runtime.exit(pid, asked);
        deepStrictEqual(await down(self), [ref, seen]);
      }
    },
  ],

  "exit ends it before it starts": [[FORWARD], async (kind, self) => {
    const pid = kind.spawn(FORWARD);
    const ref = self.monitor(pid);
    kind.runtime.kill(pid);
    deepStrictEqual(await down(self), [ref, "killed"]);
  }],

  "exit with normal is ignored": [[FORWARD], async (kind, self) => {
    const pid = start(kind, FORWARD, self);
    kind.runtime.exit(pid, "normal");
    kind.runtime.send(pid, "still here");
    strictEqual(await text(self), "still here");
  }],

  "the first reason counts": [[FORWARD], async (kind, self) => {
    const pid = start(kind, FORWARD, self);
    const ref = self.monitor(pid);
    kind.runtime.exit(pid, "shutdown");
    kind.runtime.kill(pid);
    deepStrictEqual(await down(self), [ref, "shutdown"]);
  }],

  "a send to the dead is lost": [[RETURN], async (kind, self) => {
    const pid = kind.spawn(RETURN);
    const ref = self.monitor(pid);
    await self.receive();
    kind.runtime.send(pid, "x");
    kind.runtime.kill(pid);
    const second = self.monitor(pid);
    deepStrictEqual(await down(self), [second, "noproc"]);
    strictEqual(ref === second, false);
  }],

  "a link tells who traps exits": [[FORWARD], async (kind, self) => {
    self.trapExits(true);
    const pid = start(kind, FORWARD, self);
    self.link(pid);
    kind.runtime.exit(pid, EXIT);
    const { type, from, reason } = await self.receive() as ExitMessage;
    deepStrictEqual([type, from?.equals(pid), reason], ["exit", true, EXIT]);
  }],

  "a link ends it when the other end crashes": [
    [FORWARD],
    async (kind, self) => {
      const pid = start(kind, FORWARD, self);
      const ref = self.monitor(pid);
      kind.runtime.spawn((other) => {
        other.link(pid);
        other.exit(EXIT);
      });
      deepStrictEqual(await down(self), [ref, EXIT]);
    },
  ],

  "a link leaves it when the other end returns": [
    [FORWARD],
    async (kind, self) => {
      const pid = start(kind, FORWARD, self);
      await kind.runtime.spawn((other) => other.link(pid)).join();
      kind.runtime.send(pid, "still here");
      strictEqual(await text(self), "still here");
    },
  ],

  "a mailbox holds so much and no more": [[TALLY], async (kind, self) => {
    const pid = start(kind, TALLY, self);
    kind.runtime.send(pid, `${GUEST_MAILBOX_MAX + 5}`);
    strictEqual(await text(self), `${GUEST_MAILBOX_MAX}`);
  }],
};

/** Starts a process that knows whom to send to. */
function start(
  { runtime, spawn }: Kind,
  behaviour: Behaviour,
  self: Context<Arrival>,
): Pid<string> {
  const pid = spawn(behaviour);
  runtime.send(pid, self.pid.toJSON());
  return pid;
}

async function text(self: Context<Arrival>): Promise<string> {
  return new TextDecoder().decode(await self.receive() as Uint8Array);
}

async function down(self: Context<Arrival>): Promise<[unknown, ExitReason]> {
  const { ref, reason } = await self.receive() as Down;
  return [ref, reason];
}

// The monitor is there before the process gets its first turn.
async function reason(
  kind: Kind,
  behaviour: Behaviour,
  self: Context<Arrival>,
): Promise<ExitReason> {
  self.monitor(kind.spawn(behaviour));
  return (await down(self))[1];
}

for (const [name, [behaviours, run]] of Object.entries(CASES)) {
  Deno.test(`${name}: native process`, () =>
    withNative((kind) => runCase(kind, run)));

  Deno.test(`${name}: Wasm process`, () =>
    withGuests(behaviours, (kind) => runCase(kind, run)));
}

/** Runs `run` in a process, and ends as it does. */
async function runCase(kind: Kind, run: Case): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  kind.runtime.spawn<Arrival>(async (self) => {
    try {
      await run(kind, self);
      resolve();
    } catch (error) {
      // The test's own failure, not the process's.
      reject(error);
    }
  });
  await promise;
}

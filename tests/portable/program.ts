/**
 * One small program on `@rusm/otp`, the same for every JavaScript engine.
 *
 * @module
 */

import {
  call,
  type ExitMessage,
  formatReason,
  type Pid,
  type ProcessHandle,
  Runtime,
  Sim,
  startServer,
  supervisor,
  TIMEOUT,
} from "@rusm/otp";

/** What {@linkcode runProgram} saw. Plain data: it travels as JSON. */
export interface Verdict {
  /** Messages that went to and fro between two processes, over many slices. */
  readonly messages: number;
  /** The exit reason that a link brought. */
  readonly linked: string;
  /** What a server replied to a call. */
  readonly reply: number;
  /** Whether a receive gave up on the real clock, and not before its time. */
  readonly timedOut: boolean;
  /** How often a supervisor started a child that crashed the first time. */
  readonly starts: number;
  /** The virtual clock at the end of a simulation, in milliseconds. */
  readonly simulatedMs: number;
}

/** What it sees wherever `@rusm/otp` works. */
export const EXPECTED: Verdict = {
  messages: 20_000,
  linked: "crashed: TypeError: on purpose",
  reply: 42,
  timedOut: true,
  starts: 2,
  simulatedMs: 86_400_000,
};

/**
 * Runs all of it in a runtime of its own, and says what happened.
 *
 * @throws {Error} A process crashed.
 */
export async function runProgram(): Promise<Verdict> {
  const runtime = new Runtime();
  return {
    messages: await playPingPong(runtime),
    linked: await crashLinked(runtime),
    reply: await callServer(runtime),
    timedOut: await waitInVain(runtime),
    starts: await superviseCrash(runtime),
    simulatedMs: await simulateDay(),
  };
}

async function playPingPong(runtime: Runtime): Promise<number> {
  let messages = 0;
  const pong = runtime.spawn<Pid<"pong">>(async (self) => {
    for (;;) runtime.send(await self.receive(), "pong");
  });
  const ping = runtime.spawn<"pong">(async (self) => {
    while (messages < EXPECTED.messages) {
      runtime.send(pong.pid, self.pid);
      await self.receive();
      messages += 2;
    }
  });
  await finish(ping);
  pong.kill();
  return messages;
}

async function finish(process: ProcessHandle<never>): Promise<void> {
  const reason = await process.join();
  if (reason !== "normal") throw new Error(formatReason(reason));
}

async function crashLinked(runtime: Runtime): Promise<string> {
  let linked = "";
  const parent = runtime.spawn<ExitMessage>(async (self) => {
    self.trapExits(true);
    self.spawnLink(() => {
      throw new TypeError("on purpose");
    });
    const { reason } = await self.receive();
    linked = formatReason(reason);
  });
  await finish(parent);
  return linked;
}

interface Counter {
  add(request: { readonly by: number }): number;
}

async function callServer(runtime: Runtime): Promise<number> {
  let reply = 0;
  const caller = runtime.spawn(async (self) => {
    const counter = await startServer<Counter, number>(self, {
      init: () => ({ type: "ok", state: 40 }),
      handleCall: {
        add({ by }, count) {
          return { type: "reply", reply: count + by, state: count + by };
        },
      },
    });
    reply = await call(self, counter.pid, { type: "add", by: 2 });
  });
  await finish(caller);
  return reply;
}

async function waitInVain(runtime: Runtime): Promise<boolean> {
  const timeoutMs = 20;
  let timedOut = false;
  const waiter = runtime.spawn(async (self) => {
    const startMs = runtime.host.now();
    const message = await self.receive({ timeoutMs });
    // Some engines round their clock, and fire a timer a moment early by it.
    const waitedMs = runtime.host.now() - startMs;
    timedOut = message === TIMEOUT && waitedMs > timeoutMs - 2;
  });
  await finish(waiter);
  return timedOut;
}

async function superviseCrash(runtime: Runtime): Promise<number> {
  let starts = 0;
  function child() {
    if (++starts === 1) throw new Error("not the first time");
  }
  const restart = "transient";
  const tree = runtime.spawn(supervisor({
    children: [{ id: "child", start: () => child, restart, significant: true }],
    autoShutdown: "anySignificant",
  }));
  await tree.join();
  return starts;
}

async function simulateDay(): Promise<number> {
  const sim = new Sim({ seed: 1 });
  const runtime = new Runtime({ host: sim.host() });
  runtime.spawn((self) => self.receive({ timeoutMs: EXPECTED.simulatedMs }));
  await sim.run();
  return sim.nowMs;
}

/**
 * A scheduler that runs native processes, named by their entry: what they send
 * each other is not cut down to bytes, as it is by guests.
 *
 * @module
 */

import {
  call,
  type CallMessage,
  type Context,
  type Down,
  Pid,
  Runtime,
  server,
  startServer,
} from "@rusm/otp";

import type { Command, Wiring } from "../wire.ts";
import { WorkerEnd, type WorkerScope } from "../worker_end.ts";

interface Counter {
  add(request: { readonly by: number }): number;
  /** Answers with the same, once it has seen that its pids are pids. */
  echo(request: { readonly value: { readonly deep: Pid[] } }): {
    readonly deep: Pid[];
  };
}

const COUNTER = {
  init: () => ({ type: "ok", state: 0 }),
  handleCall: {
    add: ({ by }: { readonly by: number }, count: number) => ({
      ...{ type: "reply", reply: count + by, state: count + by },
    }),
    echo: ({ value }: { readonly value: { readonly deep: Pid[] } }) => {
      if (!(value.deep[0] instanceof Pid)) throw new TypeError("No pid");
      return { type: "reply", reply: value };
    },
  },
} as const;

type Body = (self: Context<unknown>, args: readonly string[]) => unknown;

function pidOf<Message>(text: string | undefined): Pid<Message> {
  return Pid.fromBigInt<Message>(BigInt(text!));
}

/** Ends with a payload, which the main thread is told. */
function tell(self: Context<unknown>, payload: unknown): void {
  self.exit({ type: "exit", payload });
}

/** Message `index` of many, of every kind that crosses in its own way. */
function messageOf(index: number): unknown {
  switch (index % 5) {
    case 0:
      return Uint8Array.of(index, index >> 8, index >> 16);
    case 1:
      return `${index}`;
    case 2:
      return { index };
    case 3:
      // Not plain data.
      return { index, re: /x/ };
    default:
      return index % 1_000 === 4 ? { index, text: "x".repeat(1e6) } : { index };
  }
}

function indexOf(message: unknown): number {
  if (message instanceof Uint8Array) {
    return message[0]! | message[1]! << 8 | message[2]! << 16;
  }
  if (typeof message === "string") return Number(message);
  return (message as { index: number }).index;
}

const BODIES: Record<string, Body> = {
  counter: server(COUNTER as never) as never,

  /** Calls a counter, also with pids in the request. */
  async caller(self, [to]) {
    const counter = pidOf<CallMessage<Counter>>(to);
    const replies = [
      await call(self, counter, { type: "add", by: 2 }),
      await call(self, counter, { type: "add", by: 3 }),
    ];
    const value = { deep: [self.pid] };
    const { deep } = await call(self, counter, { type: "echo", value });
    tell(self, [...replies, deep[0] instanceof Pid, `${deep[0]}`]);
  },

  /** Starts a server, and calls it. */
  async starter(self) {
    // The main thread allots the pids from 0 on.
    const { node, scheduler } = self.pid;
    const pid = new Pid(node, scheduler, 2 ** 45);
    await startServer(self, COUNTER as never, { pid });
    const counter = pid as Pid<CallMessage<Counter>>;
    tell(self, await call(self, counter, { type: "add", by: 7 }));
  },

  /** Sends "one" and "two" to the pid that it gets. */
  async twice(self) {
    const { from } = await self.receive() as { from: Pid<string> };
    tell(self, ["one", "two"].map((text) => self.runtime.send(from, text)));
  },

  /** Is answered by way of an alias that takes one message. */
  async alias(self, [to]) {
    const from = self.alias({ once: true });
    self.monitor(pidOf(to));
    self.runtime.send(pidOf<unknown>(to), { from });
    const first = await self.receive();
    tell(self, [first, (await self.receive() as Down).type]);
  },

  /** Sends many messages of all kinds. */
  sender(self, [to, count]) {
    const peer = pidOf<unknown>(to);
    for (let index = 0; index < Number(count); index++) {
      if (!self.runtime.send(peer, messageOf(index))) {
        return tell(self, `refused ${index}`);
      }
    }
  },

  /** Tells the index of the first message that is not in its place, or how many there were. */
  async collector(self, [count]) {
    for (let index = 0; index < Number(count); index++) {
      const got = indexOf(await self.receive());
      if (got !== index) return tell(self, `${got} in the place of ${index}`);
    }
    tell(self, Number(count));
  },

  /** Tells why another has ended. Says that it watches it to a third, or to it. */
  async watcher(self, [to, third = to]) {
    self.monitor(pidOf(to));
    self.runtime.send(pidOf<string>(third), "watching");
    tell(self, (await self.receive() as Down).reason);
  },

  /** Ends when it is sent something. */
  async waiter(self) {
    tell(self, await self.receive());
  },

  /** Lets nobody else have the thread. */
  spinner(_self, [ms]) {
    const endMs = performance.now() + Number(ms);
    while (performance.now() < endMs);
  },
};

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  const wiring = data as Wiring;
  const { node, scheduler } = wiring;
  const runtime = new Runtime({ node, scheduler });
  const end = new WorkerEnd(scope, wiring, { runtime, obey, close });
  end.report({ type: "ready" });

  function close(): Promise<void> {
    for (const pid of runtime.list()) runtime.kill(pid);
    return Promise.resolve();
  }

  function obey(command: Command): void {
    if (command.type === "ping") return end.report({ type: "pong" });
    if (command.type !== "spawn") return;
    const { pid, component, start: { entry, args = [] } } = command;
    const body = BODIES[entry];
    if (body === undefined) throw new TypeError(`No such body: ${entry}`);
    const run = (self: Context<unknown>) => body(self, args);
    const start = typeof body === "function" ? { start: run } : body;
    runtime.spawn(start, { pid }).join().then((reason) =>
      end.report({ type: "exited", pid, component, reason })
    );
  }
};

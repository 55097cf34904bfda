/**
 * Shapes of messages: each returns how many milliseconds its timed part took.
 *
 * @module
 */

import { type Context, DONE, type Pid, Runtime } from "@rusm/otp";
import { timeMs } from "./timing.ts";

/** Two processes send each other one message at a time, `rounds` there and as many back. */
export function pingPong(runtime: Runtime, rounds: number): Promise<number> {
  return timeMs(async () => {
    const pong = runtime.spawn<Pid<"pong">>((self) =>
      self.receiveEach((from) => {
        runtime.send(from, "pong");
      })
    );
    const ping = runtime.spawn<"pong">((self) => {
      let left = rounds;
      runtime.send(pong.pid, self.pid);
      return self.receiveEach(() => {
        if (--left === 0) return DONE;
        runtime.send(pong.pid, self.pid);
        return undefined;
      });
    });
    await ping.join();
    pong.kill();
  });
}

/** The same, with a promise for each message. */
export function pingPongAwait(
  runtime: Runtime,
  rounds: number,
): Promise<number> {
  return timeMs(async () => {
    const pong = runtime.spawn<Pid<"pong">>(async (self) => {
      for (let round = 0; round < rounds; round++) {
        runtime.send(await self.receive(), "pong");
      }
    });
    const ping = runtime.spawn<"pong">(async (self) => {
      for (let round = 0; round < rounds; round++) {
        runtime.send(pong.pid, self.pid);
        await self.receive();
      }
    });
    await ping.join();
  });
}

/** What the receiver of a flood does: takes `count` messages. */
export type Take = (self: Context<number>, count: number) => Promise<void>;

/** Takes them in a handler. */
export function takeEach(self: Context<number>, count: number): Promise<void> {
  let left = count;
  return self.receiveEach(() => --left === 0 ? DONE : undefined);
}

/** The same, with a promise for each message. */
export async function takeAwait(
  self: Context<number>,
  count: number,
): Promise<void> {
  for (let left = count; left > 0; left--) await self.receive();
}

/** Many processes send `each` messages to one, as fast as they can. */
export function flood(
  senders: number,
  each: number,
  take: Take,
): Promise<number> {
  const runtime = new Runtime();
  return timeMs(async () => {
    const count = senders * each;
    const receiver = runtime.spawn<number>((self) => take(self, count));
    for (let sender = 0; sender < senders; sender++) {
      runtime.spawn(() => {
        for (let left = each; left > 0; left--) {
          runtime.send(receiver.pid, left);
        }
      });
    }
    await receiver.join();
  });
}

/** What a process of a ring does. */
export type Forward = (
  self: Context<number>,
  next: () => Pid<number>,
  end: () => void,
) => Promise<void>;

/** One token goes `laps` times round `size` processes that are there already. */
export async function ring(
  size: number,
  laps: number,
  forward: Forward,
): Promise<number> {
  const runtime = new Runtime();
  const over = Promise.withResolvers<void>();
  const pids: Pid<number>[] = [];
  for (let index = 0; index < size; index++) {
    const { pid } = runtime.spawn<number>((self) =>
      forward(self, () => pids[(index + 1) % size]!, over.resolve)
    );
    pids.push(pid);
  }
  const elapsedMs = await timeMs(() => {
    runtime.send(pids[0]!, size * laps - 1);
    return over.promise;
  });
  for (const pid of pids) runtime.kill(pid);
  return elapsedMs;
}

/** Forwards the token from a handler. */
export function forwardEach(
  self: Context<number>,
  next: () => Pid<number>,
  end: () => void,
): Promise<void> {
  return self.receiveEach((left) => {
    if (left === 0) end();
    else self.runtime.send(next(), left - 1);
  });
}

/** The same, with a promise for each message. */
export async function forwardAwait(
  self: Context<number>,
  next: () => Pid<number>,
  end: () => void,
): Promise<void> {
  for (;;) {
    const left = await self.receive();
    if (left === 0) return end();
    self.runtime.send(next(), left - 1);
  }
}

/** Takes `count` messages, each of them sent when it is asked for, from behind `waiting` others. */
export async function selectiveReceive(
  waiting: number,
  count: number,
): Promise<number> {
  const runtime = new Runtime();
  const sender = runtime.spawn<Pid<"wanted">>(async (self) => {
    for (let left = count; left > 0; left--) {
      runtime.send(await self.receive(), "wanted");
    }
  });
  let elapsedMs = NaN;
  const receiver = runtime.spawn<number | "wanted">(async (self) => {
    for (let index = 0; index < waiting; index++) {
      runtime.send(self.pid, index);
    }
    elapsedMs = await timeMs(() => select(self, sender.pid, count));
  });
  await receiver.join();
  return elapsedMs;
}

async function select(
  self: Context<number | "wanted">,
  sender: Pid<Pid<"wanted">>,
  count: number,
): Promise<void> {
  for (let left = count; left > 0; left--) {
    self.runtime.send(sender, self.pid);
    await self.receive({ match: (message) => message === "wanted" });
  }
}

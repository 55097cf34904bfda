import { strictEqual } from "node:assert";
import { mock } from "node:test";
import { type Body, Runtime, systemHost } from "@rusm/otp";
import { eventLoopTurn } from "./event_loop.ts";
import { LONE_TURNS_MAX } from "./limits.ts";

function turnOf(runtime: Runtime): Promise<void> {
  return new Promise((resolve) => eventLoopTurn(runtime, resolve));
}

/** Takes turns beside `processes`, and counts what the host was asked for. */
async function turnsBeside(processes: number, turns: number) {
  const macrotask = mock.fn(systemHost().macrotask);
  const timer = mock.fn(systemHost().timer);
  const runtime = new Runtime({ host: { ...systemHost(), macrotask, timer } });
  const wait: Body<never> = (self) => self.receive();
  const handles = Array.from({ length: processes }, () => runtime.spawn(wait));
  // Begins to count anew.
  await turnOf(new Runtime());
  for (let left = turns; left > 0; left--) await turnOf(runtime);
  for (const handle of handles) handle.kill();
  const polls = timer.mock.callCount();
  return { polls, macrotasks: macrotask.mock.callCount() };
}

Deno.test("eventLoopTurn() of a guest that is alone waits for a timer once in a while, so that sockets are polled", async () => {
  const rounds = 3;
  const turns = rounds * (LONE_TURNS_MAX + 1);
  const { polls, macrotasks } = await turnsBeside(1, turns);
  strictEqual(polls, rounds);
  strictEqual(macrotasks, 0);
});

Deno.test("eventLoopTurn() is a macrotask of the host when others are alive", async () => {
  const turns = LONE_TURNS_MAX + 1;
  strictEqual((await turnsBeside(2, turns)).macrotasks, turns);
});

Deno.test("eventLoopTurn() of a guest that is alone comes after what was there before", async () => {
  const runtime = new Runtime();
  const handle = runtime.spawn((self) => self.receive());
  const order: string[] = [];
  const { port1, port2 } = new MessageChannel();
  const heard = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      order.push("message");
      resolve();
    };
  });
  port2.postMessage(undefined);
  for (let left = LONE_TURNS_MAX; left > 0; left--) {
    await turnOf(runtime);
  }
  order.push("turns");
  await heard;
  strictEqual(order.join(), "message,turns");
  port1.close();
  port2.close();
  handle.kill();
});

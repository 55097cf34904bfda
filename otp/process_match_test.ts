import { deepStrictEqual, strictEqual } from "node:assert";
import type { Context } from "./context.ts";
import { formatReason } from "./reason.ts";
import { simulated } from "./testdata/simulated.ts";

function throwing(): never {
  throw new RangeError("no match");
}

/** When the match of these tests is called: by the receiver, or by the sender. */
const CALLERS = ["receiver", "sender"] as const;

/** Starts a process that receives with `match`, and sends it `messages` before or after. */
async function matched(
  caller: typeof CALLERS[number],
  messages: readonly number[],
  match: (self: Context<number>) => (message: number) => boolean,
) {
  const { sim, runtime } = simulated();
  const received: number[] = [];
  const handle = runtime.spawn<number>(async (self) => {
    received.push(await self.receive({ match: match(self) }));
    while (runtime.mailboxDepth(self.pid)! > 0) {
      received.push(await self.receive());
    }
  });
  if (caller === "sender") await sim.run();
  const sent = messages.map((message) => runtime.send(handle.pid, message));
  await sim.run();
  return { handle, received, sent };
}

for (const caller of CALLERS) {
  Deno.test(`receive() crashes when match throws at the ${caller}`, async () => {
    const { handle, sent } = await matched(caller, [1, 2], () => throwing);
    strictEqual(
      formatReason(await handle.join()),
      "crashed: RangeError: no match",
    );
    strictEqual(sent[0], true);
  });

  Deno.test(`receive() cannot be caught when match throws at the ${caller}`, async () => {
    const { sim, runtime } = simulated();
    const handle = runtime.spawn<number>(async (self) => {
      await self.receive({ match: throwing }).catch(() => {});
      throw new Error("It has exited already");
    });
    if (caller === "sender") await sim.run();
    runtime.send(handle.pid, 1);
    await sim.run();
    strictEqual(
      formatReason(await handle.join()),
      "crashed: RangeError: no match",
    );
  });

  Deno.test(`receive() stands a match that sends to itself at the ${caller}`, async () => {
    const { received } = await matched(caller, [1, 2], (self) => (message) => {
      if (message < 10) self.runtime.send(self.pid, message * 10);
      return message === 2;
    });
    deepStrictEqual(
      received,
      [2, 1, 10, 20],
    );
  });

  Deno.test(`receive() takes what its match has sent at the ${caller}`, async () => {
    const { received } = await matched(caller, [1], (self) => (message) => {
      if (message === 1) self.runtime.send(self.pid, 2);
      return message === 2;
    });
    deepStrictEqual(received, [2, 1]);
  });

  Deno.test(`receive() ends with a match that kills at the ${caller}`, async () => {
    const kill = (self: Context<number>) => () => self.runtime.kill(self.pid);
    const { handle, received } = await matched(caller, [1, 2], kill);
    strictEqual(await handle.join(), "killed");
    deepStrictEqual(received, []);
  });

  Deno.test(`receive() ends with a match that exits at the ${caller}`, async () => {
    const exit = (self: Context<number>) => () => self.exit("shutdown");
    const { handle, received } = await matched(caller, [1, 2], exit);
    strictEqual(await handle.join(), "shutdown");
    deepStrictEqual(received, []);
  });

  Deno.test(`receive() crashes when match receives at the ${caller}`, async () => {
    const { handle, received } = await matched(caller, [1, 2], (self) => () => {
      self.receive();
      return true;
    });
    strictEqual(
      formatReason(await handle.join()),
      "crashed: TypeError: Cannot receive while another receive waits",
    );
    deepStrictEqual(received, []);
  });
}

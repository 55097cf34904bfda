import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { type Context, DONE, type EachHandler } from "./context.ts";
import { formatReason } from "./reason.ts";
import type { ProcessHandle, Runtime } from "./runtime.ts";
import { simulated } from "./testdata/simulated.ts";

type Body = (self: Context<unknown>) => unknown;

/** Spawns `body`, lets it begin, and sends it `messages`. */
async function run(
  body: Body,
  messages: readonly unknown[],
): Promise<{ process: ProcessHandle<unknown>; runtime: Runtime }> {
  const { sim, runtime } = simulated();
  const process = runtime.spawn<unknown>(body);
  await sim.run();
  for (const message of messages) runtime.send(process.pid, message);
  await sim.run();
  return { process, runtime };
}

// deno-fmt-ignore
const RESULTS: [string, EachHandler<unknown>][] = [
  ["nothing",              () => undefined],
  ["a promise of nothing", async () => {}],
];

for (const [what, handle] of RESULTS) {
  Deno.test(`receiveEach() goes on when the handler returns ${what}`, async () => {
    const seen: unknown[] = [];
    const body: Body = (self) =>
      self.receiveEach((message) => {
        seen.push(message);
        return handle(message);
      });
    const { process, runtime } = await run(body, [1, 2, 3]);
    deepStrictEqual(seen, [1, 2, 3]);
    strictEqual(runtime.info(process.pid)?.status, "waiting");
  });
}

// deno-fmt-ignore
const ENDS: [string, EachHandler<void>][] = [
  ["DONE",              () => DONE],
  ["a promise of DONE", () => Promise.resolve(DONE)],
];

for (const [what, end] of ENDS) {
  Deno.test(`receiveEach() resolves at ${what} and leaves what is behind`, async () => {
    const seen: unknown[] = [];
    const body: Body = async (self) => {
      const result = await self.receiveEach((message) => {
        seen.push(message);
        return message === 2 ? end() : undefined;
      });
      seen.push(result, self.runtime.mailboxDepth(self.pid));
      seen.push(await self.receive(), await self.receive());
    };
    const { process } = await run(body, [1, 2, 3, 4]);
    deepStrictEqual(seen, [1, 2, undefined, 2, 3, 4]);
    strictEqual(await process.join(), "normal");
  });
}

// deno-fmt-ignore
const THROWS: [string, EachHandler<Context<unknown>>][] = [
  ["throws",            () => { throw new TypeError("no"); }],
  ["rejects",           () => Promise.reject(new TypeError("no"))],
  ["throws later",      async (self) => { await self.receive(); throw new TypeError("no"); }],
];

for (const [what, handle] of THROWS) {
  Deno.test(`receiveEach() rejects when the handler ${what}`, async () => {
    const left: unknown[] = [];
    const body: Body = async (self) => {
      await rejects(self.receiveEach(() => handle(self)), {
        name: "TypeError",
        message: "no",
      });
      await self.receiveEach((message) => {
        left.push(message);
      });
    };
    await run(body, [1, 2, 3]);
    strictEqual(left.at(-1), 3);
    strictEqual(left[0], what === "throws later" ? 3 : 2);
  });

  Deno.test(`receiveEach() ends its process when the handler ${what}`, async () => {
    const body: Body = (self) => self.receiveEach(() => handle(self));
    const { process } = await run(body, [1, 2]);
    strictEqual(formatReason(await process.join()), "crashed: TypeError: no");
  });
}

// deno-fmt-ignore
const OWN_ENDS: [string, EachHandler<Context<unknown>>, string][] = [
  ["kills its process",       (self) => void self.runtime.kill(self.pid), "killed"],
  ["kills it and is done",    (self) => { self.runtime.kill(self.pid); return DONE; }, "killed"],
  ["kills it and waits",      (self) => { self.runtime.kill(self.pid); return Promise.resolve(); }, "killed"],
  ["kills it and throws",     (self) => { self.runtime.kill(self.pid); throw new Error("late"); }, "killed"],
  ["kills it while it waits", async (self) => { await null; self.runtime.kill(self.pid); }, "killed"],
  ["exits",                   (self) => self.exit("shutdown"), "shutdown"],
  ["exits while it waits",    async (self) => { await null; self.exit("shutdown"); }, "shutdown"],
];

for (const [what, handle, reason] of OWN_ENDS) {
  Deno.test(`receiveEach() takes no message more when the handler ${what}`, async () => {
    const seen: unknown[] = [];
    const body: Body = (self) =>
      self.receiveEach((message) => {
        seen.push(message);
        return handle(self);
      });
    const { process, runtime } = await run(body, [1, 2, 3]);
    deepStrictEqual(seen, [1]);
    strictEqual(await process.join(), reason);
    deepStrictEqual(runtime.list(), []);
  });
}

for (const isAsync of [false, true]) {
  const how = isAsync ? "async" : "sync";

  Deno.test(`receiveEach() with a handler that is ${how} sees what it sends itself last`, async () => {
    const seen: unknown[] = [];
    const body: Body = (self) =>
      self.receiveEach((message) => {
        seen.push(message);
        if (Number(message) < 10) {
          self.runtime.send(self.pid, Number(message) * 10);
        }
        return isAsync ? Promise.resolve() : undefined;
      });
    await run(body, [1, 2, 3]);
    deepStrictEqual(seen, [1, 2, 3, 10, 20, 30]);
  });

  Deno.test(`receiveEach() with a handler that is ${how} sees what is unstashed next`, async () => {
    const seen: unknown[] = [];
    const body: Body = (self) =>
      self.receiveEach((message) => {
        seen.push(message);
        if (message === 1) self.stash("stashed");
        if (message === 2) self.unstash();
        return isAsync ? Promise.resolve() : undefined;
      });
    await run(body, [1, 2, 3]);
    deepStrictEqual(seen, [1, 2, "stashed", 3]);
  });
}

Deno.test("receiveEach() lets its handler receive, and goes on behind that", async () => {
  const seen: unknown[] = [];
  const body: Body = (self) =>
    self.receiveEach(async (message) => {
      if (message !== "pair") {
        seen.push(message);
        return;
      }
      const one = await self.receive({ match: (each) => each === "one" });
      seen.push([one, await self.receive()]);
    });
  await run(body, [1, "pair", 2, 3, "one", 4]);
  deepStrictEqual(seen, [1, ["one", 2], 3, 4]);
});

Deno.test("receiveEach() lets its handler wait for a message that comes later", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const { pid } = runtime.spawn<number>((self) =>
    self.receiveEach(async (message) => {
      seen.push(message, await self.receive());
    })
  );
  for (const message of [1, 2, 3, 4]) {
    await sim.run();
    runtime.send(pid, message);
  }
  await sim.run();
  deepStrictEqual(seen, [1, 2, 3, 4]);
});

Deno.test("receiveEach() can be done again and again", async () => {
  const seen: unknown[] = [];
  const body: Body = async (self) => {
    for (let round = 0; round < 3; round++) {
      await self.receiveEach((message) => {
        seen.push([round, message]);
        return DONE;
      });
    }
  };
  const { process } = await run(body, [1, 2, 3]);
  deepStrictEqual(seen, [[0, 1], [1, 2], [2, 3]]);
  strictEqual(await process.join(), "normal");
});

// deno-fmt-ignore
const SECONDS: [string, Body][] = [
  ["receiveEach()",        (self) => self.receiveEach(() => {})],
  ["receive()",            (self) => self.receive()],
  ["receive() with match", (self) => self.receive({ match: () => true })],
  ["unstash()",            (self) => self.unstash()],
];

for (const [what, second] of SECONDS) {
  Deno.test(`${what} throws while receiveEach() waits`, async () => {
    const seen: unknown[] = [];
    const body: Body = (self) => {
      const loop = self.receiveEach((message) => {
        seen.push(message);
      });
      throws(() => second(self), {
        name: "TypeError",
        message: "Cannot receive while another receive waits",
      });
      return loop;
    };
    await run(body, [1, 2]);
    deepStrictEqual(seen, [1, 2]);
  });
}

Deno.test("receiveEach() throws while receive() waits", async () => {
  const body: Body = async (self) => {
    const waiting = self.receive();
    throws(() => self.receiveEach(() => {}), { name: "TypeError" });
    strictEqual(await waiting, 1);
  };
  const { process } = await run(body, [1]);
  strictEqual(await process.join(), "normal");
});

Deno.test("receiveEach() throws within its own handler", async () => {
  const body: Body = (self) =>
    self.receiveEach(() => {
      throws(() => self.receiveEach(() => {}), { name: "TypeError" });
      return DONE;
    });
  const { process } = await run(body, [1]);
  strictEqual(await process.join(), "normal");
});

for (const isWaiting of [true, false]) {
  const when = isWaiting ? "waits" : "has not begun";
  Deno.test(`receiveEach() that ${when} never calls its handler in the turn of the sender`, async () => {
    const { sim, runtime } = simulated();
    const seen: unknown[] = [];
    const { pid } = runtime.spawn<number>((self) =>
      self.receiveEach((message) => {
        seen.push(message);
      })
    );
    if (isWaiting) await sim.run();
    for (const message of [1, 2]) runtime.send(pid, message);
    deepStrictEqual(seen, []);
    await sim.run();
    deepStrictEqual(seen, [1, 2]);
  });
}

Deno.test("receiveEach() never calls its handler in the turn of itself", async () => {
  const { sim, runtime } = simulated();
  const seen: unknown[] = [];
  const { pid } = runtime.spawn<number>(async (self) => {
    await self.receive({ match: (message) => message === 2 });
    const loop = self.receiveEach((message) => {
      seen.push(message);
    });
    seen.push("began");
    await loop;
  });
  for (const message of [1, 2]) runtime.send(pid, message);
  await sim.run();
  deepStrictEqual(seen, ["began", 1]);
});

Deno.test("receiveEach() in a process that has exited never resolves", async () => {
  const seen: unknown[] = [];
  const body: Body = (self) => {
    self.runtime.kill(self.pid);
    self.receiveEach(() => DONE).finally(() => seen.push("settled"));
    return new Promise(() => {});
  };
  const { process } = await run(body, [1]);
  strictEqual(await process.join(), "killed");
  deepStrictEqual(seen, []);
});

const REDUCTIONS = 10;
const MESSAGES = 1_000;

for (const isAsync of [false, true]) {
  const handled = isAsync ? Promise.resolve() : undefined;
  const how = isAsync ? "async" : "sync";

  Deno.test(`receiveEach() with a handler that is ${how} leaves the event loop its turn`, async () => {
    const { sim, runtime } = simulated({ reductionsPerSlice: REDUCTIONS });
    let left = MESSAGES;
    const { pid } = runtime.spawn<number>((self) =>
      self.receiveEach(() => {
        left--;
        return handled;
      })
    );
    for (let message = 0; message < MESSAGES; message++) {
      runtime.send(pid, message);
    }
    await sim.run();
    strictEqual(left, 0);
    strictEqual(runtime.load().slices >= MESSAGES / REDUCTIONS, true);
  });

  Deno.test(`receiveEach() with a handler that is ${how} lets another busy process have its turn`, async () => {
    const { sim, runtime } = simulated({ reductionsPerSlice: REDUCTIONS });
    const order: number[] = [];
    const pids = [0, 1].map((index) =>
      runtime.spawn<number>((self) =>
        self.receiveEach(() => {
          order.push(index);
          return handled;
        })
      ).pid
    );
    for (let message = 0; message < MESSAGES; message++) {
      for (const pid of pids) runtime.send(pid, message);
    }
    await sim.run();
    strictEqual(order.length, 2 * MESSAGES);
    strictEqual(longestRun(order) <= 2 * REDUCTIONS, true, `${order}`);
  });
}

function longestRun(order: readonly number[]): number {
  let longest = 0;
  let length = 0;
  order.forEach((each, index) => {
    length = each === order[index - 1] ? length + 1 : 1;
    longest = Math.max(longest, length);
  });
  return longest;
}

// deno-fmt-ignore
const HOSTILE: [string, unknown, () => never][] = [
  ["a handler's result", 1, () => ({ get then() { throw new TypeError("no"); } }) as never],
  ["a message",          revoked(), () => undefined as never],
];

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

for (const [what, message, handle] of HOSTILE) {
  Deno.test(
    `receiveEach() ends its process alone when ${what} throws as it is looked at`,
    async () => {
      const { sim, runtime } = simulated();
      const { pid } = runtime.spawn<unknown>((self) =>
        self.receiveEach(handle)
      );
      await sim.run();
      runtime.send(pid, message);
      await sim.run();
      let isRunning = false;
      runtime.spawn(() => {
        isRunning = true;
      });
      await sim.run();
      strictEqual(isRunning, true);
    },
  );
}

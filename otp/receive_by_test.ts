import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { type Context, LATER } from "./context.ts";
import { simulated } from "./testdata/simulated.ts";

type Self = Context<unknown>;

function never(): Promise<void> {
  return new Promise(() => {});
}

/** Starts a process that calls `act` and then goes on for ever. */
async function started(act: (self: Self) => void, mailboxMax?: number) {
  const { sim, runtime } = simulated();
  const options = mailboxMax === undefined ? {} : { mailboxMax };
  const process = runtime.spawn<unknown>((self) => {
    act(self);
    return never();
  }, options);
  await sim.run();
  return { sim, runtime, process };
}

Deno.test("receiveBy() lets the next message be taken, once", async () => {
  const taken: unknown[] = [];
  const { sim, runtime, process } = await started((self) =>
    strictEqual(self.receiveBy((message) => taken.push(message)), LATER)
  );
  strictEqual(runtime.info(process.pid)?.status, "waiting");
  for (const message of [1, 2]) runtime.send(process.pid, message);
  await sim.run();
  deepStrictEqual(taken, [1]);
  strictEqual(runtime.mailboxDepth(process.pid), 1);
});

Deno.test("receiveBy() returns a message that is there, and takes none later", async () => {
  const taken: unknown[] = [];
  const seen: unknown[] = [];
  const { sim, runtime, process } = await started((self) => {
    for (const message of ["a", "b"]) self.runtime.send(self.pid, message);
    const take = (message: unknown) => taken.push(message);
    seen.push(self.receiveBy(take), self.receiveBy(take));
  });
  runtime.send(process.pid, "c");
  await sim.run();
  deepStrictEqual([seen, taken], [["a", "b"], []]);
});

Deno.test("receiveBy() takes every message in order when it is called again by who takes", async () => {
  const taken: unknown[] = [];
  const { sim, runtime, process } = await started((self) => {
    const take = (message: unknown): void => {
      taken.push(message);
      const next = self.receiveBy(take);
      if (next !== LATER) take(next);
    };
    self.receiveBy(take);
  });
  const sent = Array.from({ length: 10_000 }, (_, nth) => nth);
  for (const nth of sent) runtime.send(process.pid, nth);
  await sim.run();
  deepStrictEqual(taken, sent);
});

Deno.test("receiveBy() waits for its turn when the slice is spent", async () => {
  const { sim, runtime } = simulated({ reductionsPerSlice: 2 });
  const seen: unknown[] = [];
  const process = runtime.spawn<unknown>((self) => {
    for (const message of ["a", "b", "c"]) self.runtime.send(self.pid, message);
    const take = (message: unknown): void => {
      seen.push(message);
      next();
    };
    const next = (): void => {
      const message = self.receiveBy(take);
      if (message !== LATER) take(message);
      else seen.push("later");
    };
    next();
    return never();
  });
  await sim.run();
  deepStrictEqual(seen.filter((each) => each !== "later"), ["a", "b", "c"]);
  strictEqual(seen.indexOf("later") < seen.indexOf("c"), true);
  strictEqual(runtime.isAlive(process.pid), true);
});

Deno.test("receiveBy() throws while another receive waits, and lets none wait beside it", async () => {
  await started((self) => {
    self.receiveBy(() => {});
    const sentence = /^TypeError: Cannot receive while another receive waits$/;
    throws(() => self.receiveBy(() => {}), sentence);
    throws(() => void self.receive(), sentence);
  });
});

Deno.test("receiveBy() crashes its own process when who takes throws, and not the sender", async () => {
  const { sim, runtime, process } = await started((self) =>
    void self.receiveBy(() => {
      throw new RangeError("far");
    })
  );
  strictEqual(runtime.send(process.pid, 1), true);
  await sim.run();
  const reason = await process.join();
  strictEqual((reason as { message: string }).message, "far");
});

Deno.test("receiveBy() takes nothing in a process that has exited", async () => {
  const taken: unknown[] = [];
  const { sim, runtime, process } = await started((self) =>
    void self.receiveBy((message) => taken.push(message))
  );
  process.kill();
  runtime.send(process.pid, 1);
  await sim.run();
  deepStrictEqual(taken, []);
});

Deno.test("receiveBy() makes room in a full mailbox", async () => {
  let next: unknown;
  const { sim, runtime, process } = await started((self) => {
    self.runtime.send(self.pid, "a");
    strictEqual(self.runtime.send(self.pid, "b"), false);
    next = self.receiveBy(() => {});
  }, 1);
  strictEqual(next, "a");
  strictEqual(runtime.send(process.pid, "c"), true);
  await sim.run();
});

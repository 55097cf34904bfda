import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { type Context, Runtime } from "./mod.ts";

async function inProcess(
  run: (self: Context<string>, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const process = runtime.spawn<string>((self) => run(self, runtime));
  strictEqual(await process.join(), "normal");
}

Deno.test("watchMail() tells of each message, and takes none", () =>
  inProcess(async (self, runtime) => {
    let count = 0;
    strictEqual(self.watchMail(() => count++), true);
    for (const message of ["a", "b"]) runtime.send(self.pid, message);
    strictEqual(count, 2);
    strictEqual(runtime.mailboxDepth(self.pid), 2);
    self.unwatchMail();
    runtime.send(self.pid, "c");
    strictEqual(count, 2);
    const heard = [await self.receive(), await self.receive()];
    deepStrictEqual([...heard, await self.receive()], ["a", "b", "c"]);
  }));

Deno.test("watchMail() watches nothing when a message is there", () =>
  inProcess(async (self, runtime) => {
    runtime.send(self.pid, "a");
    strictEqual(self.watchMail(() => {}), false);
    strictEqual(await self.receive(), "a");
    self.unwatchMail();
  }));

Deno.test("watchMail() excludes a receive, and is excluded by one", () =>
  inProcess(async (self, runtime) => {
    self.watchMail(() => {});
    throws(() => self.receive(), TypeError);
    throws(() => self.watchMail(() => {}), TypeError);
    self.unwatchMail();
    const message = self.receive();
    throws(() => self.watchMail(() => {}), TypeError);
    self.unwatchMail();
    runtime.send(self.pid, "a");
    strictEqual(await message, "a");
  }));

Deno.test("watchMail() crashes the process when it is told and throws, and not the sender", async () => {
  const runtime = new Runtime();
  const process = runtime.spawn<string>((self) => {
    self.watchMail(() => {
      throw new RangeError("no");
    });
    return new Promise(() => {});
  });
  await new Promise<void>((resolve) => setImmediate(resolve));
  runtime.send(process.pid, "a");
  deepStrictEqual(
    (await process.join() as { name: string }).name,
    "RangeError",
  );
});

Deno.test("metadata can be set back, and goes with what is received next", () =>
  inProcess(async (self, runtime) => {
    self.metadata = { of: "mine" };
    deepStrictEqual(self.metadata, { of: "mine" });
    self.stash("aside");
    runtime.send(self.pid, "a");
    await self.receive();
    strictEqual(self.metadata, undefined);
    self.unstash();
    strictEqual(await self.receive(), "aside");
    deepStrictEqual(self.metadata, { of: "mine" });
    self.metadata = undefined;
    strictEqual(self.metadata, undefined);
  }));

import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { type Context, type ExitReason, type Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Engine,
  type FrameTaken,
  type GuestMessage,
  SystemLimit,
} from "@rusm/wasm";
import { type HandlerListener, Handlers } from "./handlers.ts";

type Spawns = Pick<Engine, "spawnMonitor">;

const START = {
  component: {
    name: "chat",
    capability: BUILT_IN_PROFILES.get("sandboxed")!,
    isHandler: false,
  },
  start: { entry: "run" },
};

/** Hears of one handler. */
class Listener implements HandlerListener {
  readonly frames: FrameTaken[] = [];
  readonly #ended = Promise.withResolvers<ExitReason>();

  taken(frames: FrameTaken): void {
    this.frames.push(frames);
  }

  ended(reason: ExitReason): void {
    this.#ended.resolve(reason);
  }

  get end(): Promise<ExitReason> {
    return this.#ended.promise;
  }
}

/** Calls `test` with handlers that are native processes, which run `body`. */
async function withHandlers(
  body: (self: Context<GuestMessage>) => Promise<void>,
  test: (handlers: Handlers, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const spawns: Spawns = {
    spawnMonitor(self) {
      const { pid } = runtime.spawn<GuestMessage>(body);
      return { pid, ref: self.monitor(pid) };
    },
  };
  const handlers = new Handlers(runtime, spawns);
  await handlers.ready();
  await test(handlers, runtime);
  await handlers.close();
  strictEqual(runtime.processCount, 0);
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

Deno.test("Handlers.spawn() tells how a handler has ended", () =>
  withHandlers(async (self) => {
    if (await self.receive() === "boom") throw new RangeError("boom");
  }, async (handlers, runtime) => {
    const [first, second] = [new Listener(), new Listener()];
    const pids = [first, second].map((listener) =>
      handlers.spawn(START, listener) as Pid<GuestMessage>
    );
    runtime.send(pids[0]!, "boom");
    runtime.send(pids[1]!, "go");
    const reason = await first.end as { readonly name?: string };
    deepStrictEqual([reason.name, await second.end], ["RangeError", "normal"]);
  }));

Deno.test("Handlers tells of frames that a handler has taken, and of no other's", () =>
  withHandlers(async (self) => {
    await self.receive();
  }, async (handlers, runtime) => {
    const listener = new Listener();
    const pid = handlers.spawn(START, listener) as Pid<GuestMessage>;
    const taken = { type: "taken", pid, count: 2, bytes: 3 } as const;
    runtime.send(handlers.pid, taken);
    runtime.send(handlers.pid, { ...taken, pid: handlers.pid });
    runtime.send(pid, "go");
    await listener.end;
    deepStrictEqual(listener.frames, [taken]);
  }));

Deno.test("Handlers.release() asks a handler to end, and leaves one that has ended", () =>
  withHandlers(forever, async (handlers) => {
    const listener = new Listener();
    const pid = handlers.spawn(START, listener);
    handlers.release(pid);
    handlers.release(pid);
    strictEqual(await listener.end, "shutdown");
    handlers.release(pid);
  }));

Deno.test("Handlers.release() kills a handler that traps exits", () =>
  withHandlers((self) => {
    (self as unknown as { trapExits(isOn: boolean): void }).trapExits(true);
    return forever();
  }, async (handlers) => {
    const listener = new Listener();
    handlers.release(handlers.spawn(START, listener));
    strictEqual(await listener.end, "killed");
  }));

Deno.test("Handlers.spawn() throws when there is no room", async () => {
  const handlers = new Handlers(new Runtime(), {
    spawnMonitor() {
      throw new SystemLimit("chat");
    },
  });
  await handlers.ready();
  throws(() => handlers.spawn(START, new Listener()), SystemLimit);
  await handlers.close();
});

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import {
  type Context,
  type Down,
  type ExitReason,
  type Pid,
  type ProcessHandle,
  Runtime,
  type SendTimer,
  Sim,
} from "@rusm/otp";
import { HandlerFailed, type HandlerFailure } from "../errors.ts";
import {
  callHandler,
  type HandledRequest,
  type HandleOptions,
} from "./calling.ts";
import type { GuestFrame, RequestStart } from "./frames.ts";
import { LINGER_MS } from "./limits.ts";

/** A request to a guest that only says what it is told to, on virtual time. */
class Call {
  readonly sim = new Sim({ seed: 1 });
  readonly runtime: Runtime;
  readonly guest: ProcessHandle<unknown>;
  readonly response: Promise<Response>;
  starts = 0;
  ends = 0;
  #caller: Pid<GuestFrame> | undefined;

  constructor(
    options: HandleOptions = {},
    request: HandledRequest = new Request("http://host.test/"),
    Machine = Runtime,
  ) {
    this.runtime = new Machine({ host: this.sim.host() });
    this.guest = this.runtime.spawn((self) => self.receive());
    const onEnd = () => void this.ends++;
    const start = (
      self: Pick<Context<Down>, "pid" | "monitor">,
      request: RequestStart,
    ) => this.#start(self, request);
    const given = { ...options, onEnd };
    this.response = callHandler(this.runtime, start, request, given);
    this.response.catch(() => {});
  }

  #start(
    self: Pick<Context<Down>, "pid" | "monitor">,
    { caller }: RequestStart,
  ): { readonly pid: Pid } {
    this.starts++;
    this.#caller = caller;
    self.monitor(this.guest.pid);
    return this.guest;
  }

  get caller(): Pid<GuestFrame> {
    return this.#caller!;
  }

  /** Has the guest say `frame`. */
  async say(frame: GuestFrame): Promise<void> {
    await this.sim.advance(0);
    this.runtime.send(this.caller, frame);
    await this.sim.advance(0);
  }

  get isAlive(): boolean {
    return this.runtime.isAlive(this.guest.pid);
  }
}

const HEAD = { status: 200, headers: "x-a\n1\n" };

function whole(isEnd: boolean): GuestFrame {
  return {
    type: "whole",
    ...HEAD,
    bytes: new TextEncoder().encode("x"),
    isEnd,
  };
}

function failsAs(kind: HandlerFailure): (error: unknown) => boolean {
  return (error) => error instanceof HandlerFailed && error.kind === kind;
}

Deno.test("callHandler() answers with a whole response, and ends with the guest", async () => {
  const call = new Call();
  await call.say(whole(true));
  const response = await call.response;
  deepStrictEqual([...response.headers], [["x-a", "1"]]);
  strictEqual(await response.text(), "x");
  strictEqual(call.ends, 0);
  call.guest.kill();
  await call.sim.run();
  strictEqual(call.ends, 1);
  strictEqual(call.runtime.processCount, 0);
});

Deno.test("callHandler() rejects headers with a line feed, and starts no guest", async () => {
  const headers = [["a", "b\nc: d"]] as [string, string][];
  const line = { method: "GET", url: "http://host.test/", body: null };
  const call = new Call({}, { ...line, headers });
  call.guest.kill();
  await call.sim.run();
  await rejects(call.response, TypeError);
  deepStrictEqual([call.starts, call.ends], [0, 1]);
  strictEqual(call.runtime.processCount, 0);
});

// How a guest goes on when its response is complete.
const LINGERING: readonly [what: string, frames: readonly GuestFrame[]][] = [
  ["a whole response", [whole(false)]],
  ["the last part of one", [
    {
      ...{ type: "head", ...HEAD, inbox: undefined as never },
      part: { kind: "nothing", bytes: new Uint8Array(0) },
    },
    { type: "part", part: { kind: "last", bytes: new Uint8Array(1) } },
  ]],
  ["none", [{ type: "none", why: "it said so" }]],
];

for (const [what, frames] of LINGERING) {
  Deno.test(`callHandler() ends a guest that goes on for LINGER_MS behind ${what}`, async () => {
    const call = new Call({ timeoutMs: LINGER_MS / 2 });
    for (const frame of frames) await call.say(frame);
    await call.sim.advance(LINGER_MS - 1);
    ok(call.isAlive);
    await call.sim.advance(1);
    const payload = `Went on for ${LINGER_MS} ms after the response`;
    deepStrictEqual(await call.guest.join(), { type: "exit", payload });
    strictEqual(call.ends, 1);
  });
}

Deno.test("callHandler() starts no timer for a guest that ends with its response", async () => {
  const call = new Call();
  await call.say(whole(true));
  await call.sim.run();
  strictEqual(call.sim.nowMs, 0);
});

Deno.test("callHandler() rejects when there is no answer within timeoutMs, and ends the guest", async () => {
  const call = new Call({ timeoutMs: 10 });
  await call.sim.advance(9);
  ok(call.isAlive);
  await call.sim.advance(1);
  await rejects(call.response, failsAs("timeout"));
  strictEqual(call.isAlive, false);
  strictEqual(call.ends, 1);
});

Deno.test("callHandler() takes an answer that comes with the end of timeoutMs for what comes first", async () => {
  const call = new Call({ timeoutMs: 10 });
  await call.sim.advance(0);
  call.runtime.sendAfter(call.caller, 10, whole(false));
  await call.sim.advance(10);
  await rejects(call.response, failsAs("timeout"));
});

Deno.test("callHandler() rejects when timeoutMs is no time, and starts nothing", async () => {
  const call = new Call({ timeoutMs: -1 });
  await call.sim.run();
  await rejects(call.response, RangeError);
  deepStrictEqual([call.starts, call.ends], [0, 1]);
  strictEqual(call.runtime.processCount, 1);
});

Deno.test("callHandler() rejects when its half is ended, and ends the guest", async () => {
  const call = new Call();
  await call.sim.advance(0);
  call.runtime.kill(call.caller);
  await rejects(call.response, failsAs("ended"));
  await call.sim.run();
  const reasons: ExitReason[] = [await call.guest.join()];
  deepStrictEqual(reasons, ["killed"]);
  strictEqual(call.ends, 1);
});

/** A runtime whose timers' messages find no room. */
class FullRuntime extends Runtime {
  override sendAfter(): SendTimer {
    return { cancel: () => true, isPending: true };
  }
}

Deno.test("callHandler() gives up, and ends a guest that lingers, in time also when a flood keeps the time from it", async () => {
  const request = new Request("http://host.test/");
  const call = new Call({ timeoutMs: 10 }, request, FullRuntime);
  const flood = new Uint8Array(1) as unknown as GuestFrame;
  await call.say(flood);
  await call.sim.advance(10);
  await call.say(flood);
  await rejects(call.response, { name: "HandlerFailed", kind: "timeout" });
  strictEqual(call.isAlive, false);
  const other = new Call({}, request, FullRuntime);
  await other.say(whole(false));
  strictEqual((await other.response).status, 200);
  await other.sim.advance(LINGER_MS);
  strictEqual(other.isAlive, true);
  await other.say(flood);
  strictEqual(other.isAlive, false);
});

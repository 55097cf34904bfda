import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";

import { BUILT_IN_PROFILES } from "../capability.ts";
import { promising } from "../fiber.ts";
import { assemble } from "../testdata/wat.ts";
import {
  ProcessExit,
  WASIP1_MODULE,
  type Wasip1Caller,
  wasip1Imports,
  type Wasip1Options,
  type Wasip1Reader,
  Wasip1State,
} from "./p1.ts";
import {
  CLOCK,
  ERRNO,
  EVENT_BYTES,
  EVENTTYPE,
  FDFLAG,
  SUBSCRIPTION_BYTES,
} from "./p1/abi.ts";
import { SUBSCRIPTIONS_MAX } from "./p1/limits.ts";
import { linkable, optionsFor, Probe, SIGNATURES } from "./testdata/probe.ts";

const out = { out: 4 };

Deno.test("wasip1Imports() has the 46 functions of preview 1", () => {
  const { functions, suspending } = wasip1Imports({
    current: new Wasip1State(optionsFor([])),
    memory: () => new ArrayBuffer(0),
  });
  deepStrictEqual(
    Object.keys(functions).sort(),
    Object.keys(SIGNATURES).sort(),
  );
  strictEqual(Object.keys(functions).length, 46);
  for (const name of suspending) ok(name in functions, name);
});

/** A reader whose pieces come when the test says so. */
class Pipe implements Wasip1Reader {
  readonly #waiting: PromiseWithResolvers<Uint8Array | null>[] = [];
  readsCount = 0;

  read(): Promise<Uint8Array | null> {
    this.readsCount++;
    const waiting = Promise.withResolvers<Uint8Array | null>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  give(text: string): void {
    this.#waiting.shift()!.resolve(new TextEncoder().encode(text));
  }

  end(): void {
    this.#waiting.shift()!.resolve(null);
  }

  fail(): void {
    this.#waiting.shift()!.reject(new Error("The pipe is gone"));
  }
}

function reading(stdin: Wasip1Reader, signal?: AbortSignal): Probe {
  const silent = { write() {} };
  const stdio = { stdin, stdout: silent, stderr: silent };
  return new Probe(optionsFor([], { stdio, ...signal && { signal } }));
}

const READ_4 = ["fd_read", 0, { room: [2, 2] }, out];

Deno.test("fd_read waits for standard input, and hands out what is left at once", async () => {
  const pipe = new Pipe();
  const probe = reading(pipe);
  const first = probe.call(...READ_4);
  pipe.give("hello");
  deepStrictEqual((await first).outs, ["6865", "6c6c", "04000000"]);
  deepStrictEqual((await probe.call(...READ_4)).outs, [
    "6f00",
    "0000",
    "01000000",
  ]);
  strictEqual(pipe.readsCount, 1);
  const end = probe.call(...READ_4);
  pipe.end();
  strictEqual((await end).outs[2], "00000000");
  strictEqual((await probe.call(...READ_4)).outs[2], "00000000");
  strictEqual(pipe.readsCount, 2);
});

Deno.test("fd_read passes over empty pieces of standard input", async () => {
  const pieces = [new Uint8Array(0), new Uint8Array([65])];
  const probe = reading({
    read: () => Promise.resolve(pieces.shift() ?? null),
  });
  strictEqual((await probe.call(...READ_4)).outs[2], "01000000");
});

Deno.test("fd_read is EIO once standard input has failed", async () => {
  const pipe = new Pipe();
  const probe = reading(pipe);
  const read = probe.call(...READ_4);
  pipe.fail();
  strictEqual((await read).errno, ERRNO.EIO);
  strictEqual((await probe.call(...READ_4)).errno, ERRNO.EIO);
});

Deno.test("fd_read does not wait when the guest said so", async () => {
  const pipe = new Pipe();
  const probe = reading(pipe);
  await probe.call("fd_fdstat_set_flags", 0, FDFLAG.NONBLOCK);
  strictEqual((await probe.call(...READ_4)).errno, ERRNO.EAGAIN);
  strictEqual((await probe.call(...READ_4)).errno, ERRNO.EAGAIN);
  strictEqual(pipe.readsCount, 1);
  pipe.give("now");
  await new Promise<void>((resolve) => probe.state.input.watch(resolve));
  strictEqual((await probe.call(...READ_4)).outs[2], "03000000");
});

Deno.test("standard input is at its end under a profile without stdio", async () => {
  const pipe = new Pipe();
  const options = optionsFor([]);
  const capability = BUILT_IN_PROFILES.get("sandboxed")!;
  const stdio = { ...options.stdio, stdin: pipe };
  const probe = new Probe({ ...options, capability, stdio });
  strictEqual((await probe.call(...READ_4)).outs[2], "00000000");
  strictEqual(pipe.readsCount, 0);
});

Deno.test("fd_read rejects with the reason when the process is killed", async () => {
  const killer = new AbortController();
  const probe = reading(new Pipe(), killer.signal);
  const read = probe.call(...READ_4);
  // A reason that looks like an error of the system is still no answer.
  const reason = new Deno.errors.Interrupted("killed");
  killer.abort(reason);
  await rejects(read, (error) => error === reason);
  await rejects(probe.call(...READ_4), (error) => error === reason);
});

interface Subscribed {
  readonly userdata: number;
  readonly tag: number;
  readonly id: number;
  readonly timeoutNs?: bigint;
  readonly isAbsolute?: boolean;
}

interface PollEvent {
  readonly userdata: number;
  readonly errno: number;
  readonly type: number;
  readonly byteCount: number;
}

const EVENTS = 131_072;

async function poll(
  probe: Probe,
  ...subscribed: Subscribed[]
): Promise<PollEvent[]> {
  store(new DataView(probe.memory), subscribed);
  const call = probe.exports.poll_oneoff!;
  strictEqual(await call(0, EVENTS, subscribed.length, EVENTS - 8), 0);
  const view = new DataView(probe.memory);
  const count = view.getUint32(EVENTS - 8, true);
  return Array.from({ length: count }, (_, index) => {
    const at = EVENTS + index * EVENT_BYTES;
    return {
      userdata: Number(view.getBigUint64(at, true)),
      errno: view.getUint16(at + 8, true),
      type: view.getUint8(at + 10),
      byteCount: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

function store(view: DataView, subscribed: readonly Subscribed[]): void {
  for (const [index, one] of subscribed.entries()) {
    const at = index * SUBSCRIPTION_BYTES;
    view.setBigUint64(at, BigInt(one.userdata), true);
    view.setUint8(at + 8, one.tag);
    view.setUint32(at + 16, one.id, true);
    view.setBigUint64(at + 24, one.timeoutNs ?? 0n, true);
    view.setUint16(at + 40, one.isAbsolute ? 1 : 0, true);
  }
}

const { REALTIME, MONOTONIC } = CLOCK;
function sleep(timeoutNs: bigint): Subscribed {
  return {
    userdata: 7,
    tag: EVENTTYPE.CLOCK,
    id: MONOTONIC,
    timeoutNs,
  };
}
const stdin: Subscribed = { userdata: 8, tag: EVENTTYPE.FD_READ, id: 0 };
const stdout: Subscribed = { userdata: 9, tag: EVENTTYPE.FD_WRITE, id: 1 };
const LONG = 2n ** 64n - 1n;

Deno.test("poll_oneoff waits for a clock, and not less", async () => {
  const probe = reading(new Pipe());
  const startMs = performance.now();
  const events = await poll(probe, sleep(20_000_000n), sleep(LONG));
  ok(performance.now() - startMs >= 20);
  const clock = { errno: 0, type: EVENTTYPE.CLOCK, byteCount: 0 };
  deepStrictEqual(events, [{ userdata: 7, ...clock }]);
});

Deno.test("poll_oneoff waits for an instant of the real clock", async () => {
  const probe = reading(new Pipe());
  const dueMs = Date.now() + 20;
  const timeoutNs = BigInt(dueMs) * 1_000_000n;
  const instant = { ...sleep(timeoutNs), id: REALTIME, isAbsolute: true };
  strictEqual((await poll(probe, instant)).length, 1);
  ok(Date.now() >= dueMs - 1);
  strictEqual((await poll(probe, instant)).length, 1);
});

Deno.test("poll_oneoff wakes for standard input, which fd_read then has at once", async () => {
  const pipe = new Pipe();
  const probe = reading(pipe);
  const events = poll(probe, sleep(LONG), stdin);
  pipe.give("abc");
  const input = { userdata: 8, errno: 0, type: EVENTTYPE.FD_READ };
  deepStrictEqual(await events, [{ ...input, byteCount: 3 }]);
  strictEqual((await probe.call(...READ_4)).outs[2], "03000000");
});

Deno.test("poll_oneoff that timed out leaves the read of standard input to the next", async () => {
  const pipe = new Pipe();
  const probe = reading(pipe);
  strictEqual((await poll(probe, stdin, sleep(1_000_000n)))[0]!.userdata, 7);
  const events = poll(probe, stdin);
  pipe.give("abc");
  strictEqual((await events)[0]!.byteCount, 3);
  strictEqual(pipe.readsCount, 1);
});

Deno.test("poll_oneoff answers at once what is ready, in the order it was asked", async () => {
  const probe = reading(new Pipe());
  const badFd = { ...stdout, userdata: 1, id: 77 };
  const badClock = { ...sleep(0n), userdata: 2, id: 9 };
  const badTag = { ...stdout, userdata: 3, tag: 5 };
  const events = await poll(
    probe,
    badFd,
    sleep(LONG),
    stdout,
    badClock,
    stdin,
    badTag,
    sleep(0n),
  );
  deepStrictEqual(events.map(({ userdata, errno }) => [userdata, errno]), [
    [1, ERRNO.EBADF],
    [9, ERRNO.SUCCESS],
    [2, ERRNO.EINVAL],
    [3, ERRNO.EINVAL],
    [7, ERRNO.SUCCESS],
  ]);
});

Deno.test("poll_oneoff rejects when the process is killed, and leaves no timer", async () => {
  const killer = new AbortController();
  const probe = reading(new Pipe(), killer.signal);
  const events = poll(probe, sleep(LONG), sleep(60_000_000_000n), stdin);
  killer.abort("killed");
  await rejects(events, (error) => error === "killed");
});

// deno-fmt-ignore
const POLLS: readonly [args: number[], errno: number][] = [
  [[0, 0, 0, 0],                             ERRNO.EINVAL],
  [[0, 0, SUBSCRIPTIONS_MAX + 1, 0],         ERRNO.EINVAL],
  [[0, 0, -1, 0],                            ERRNO.EINVAL],
  [[262_144, 0, 1, 0],                       ERRNO.EFAULT],
  [[0, 262_144, 1, 0],                       ERRNO.EFAULT],
  [[0, 0, 1, 262_144],                       ERRNO.EFAULT],
];

for (const [args, errno] of POLLS) {
  Deno.test(`poll_oneoff ${args} is ${errno}`, async () => {
    strictEqual(await reading(new Pipe()).exports.poll_oneoff!(...args), errno);
  });
}

Deno.test("fd_write gives a stream all buffers of a call in one piece", async () => {
  const said: string[] = [];
  const writer = (name: string) => ({
    write: (bytes: Uint8Array) =>
      void said.push(`${name} ${new TextDecoder().decode(bytes)}`),
  });
  const options = optionsFor([]);
  const stdio = {
    ...options.stdio,
    stdout: writer("out"),
    stderr: writer("err"),
  };
  const probe = new Probe({ ...options, stdio });
  await probe.perform([
    ["fd_write", 1, { data: ["one", "", "two"] }, out],
    ["fd_write", 2, { data: ["three"] }, out],
    ["fd_write", 1, { data: [""] }, out],
  ]);
  deepStrictEqual(said, ["out onetwo", "err three"]);
  strictEqual(
    (await probe.call("fd_write", 0, { data: ["x"] }, out)).errno,
    ERRNO.ENOTCAPABLE,
  );
});

Deno.test("proc_exit throws the code, and every call after it does so again", () => {
  const probe = new Probe(optionsFor([]));
  const isExit = (error: unknown) =>
    error instanceof ProcessExit && error.code === 4_294_967_295;
  throws(() => probe.exports.proc_exit!(-1), isExit);
  throws(() => probe.exports.proc_exit!(0), isExit);
  throws(() => probe.exports.fd_close!(1), isExit);
});

Deno.test("clock_time_get tells both clocks in nanoseconds", async () => {
  const now = () => 1_795_251_795_123.5;
  const monotonic = () => 12.000001;
  const probe = new Probe(optionsFor([], { now, monotonic }));
  const [real, mono] = await probe.perform([
    ["clock_time_get", REALTIME, "0n", { out: 8 }],
    ["clock_time_get", MONOTONIC, "0n", { out: 8 }],
  ]);
  strictEqual(u64(real!.outs[0]!), 1_795_251_795_123_500_000n);
  strictEqual(u64(mono!.outs[0]!), 12_000_001n);
});

function u64(hex: string): bigint {
  return BigInt(`0x${hex.match(/../g)!.reverse().join("")}`);
}

// Prints its second argument, and grows its memory before it does.
const GROWING = await assemble(`(module
  (import "${WASIP1_MODULE}" "args_get" (func $args (param i32 i32) (result i32)))
  (import "${WASIP1_MODULE}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $at i32)
    (local.set $at (i32.mul (memory.size) (i32.const 65536)))
    (drop (memory.grow (i32.const 1)))
    (drop (call $args (i32.const 0) (local.get $at)))
    (i32.store (i32.const 8) (i32.load (i32.const 4)))
    (i32.store (i32.const 12) (i32.const 3))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))`);

Deno.test("one instance runs one process after the other, each with its own state", async () => {
  const said: string[] = [];
  const stdio: Wasip1Options["stdio"] = {
    ...optionsFor([]).stdio,
    stdout: {
      write: (bytes) => void said.push(new TextDecoder().decode(bytes)),
    },
  };
  const stateOf = (name: string) =>
    new Wasip1State(optionsFor([], { args: ["probe", name], stdio }));
  let memory: WebAssembly.Memory | undefined = undefined;
  const caller: Wasip1Caller = {
    current: stateOf("none"),
    memory: () => memory!.buffer as ArrayBuffer,
  };
  const module = new WebAssembly.Module(GROWING);
  const imports = { [WASIP1_MODULE]: linkable(caller) };
  const { exports } = new WebAssembly.Instance(module, imports);
  memory = exports.memory as WebAssembly.Memory;
  for (const name of ["one", "two"]) {
    caller.current = stateOf(name);
    await promising(exports._start as () => void)();
    caller.current.close();
  }
  deepStrictEqual(said, ["one", "two"]);
});

Deno.test("close() can be called again, and never throws", () => {
  const state = new Wasip1State(optionsFor([]));
  state.close();
  state.close();
});

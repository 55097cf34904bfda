import {
  deepStrictEqual,
  match,
  ok,
  rejects,
  strictEqual,
  throws,
} from "node:assert";
import {
  type Crash,
  type Down,
  type ExitReason,
  formatReason,
  type Pid,
  Runtime,
} from "@rusm/otp";
import { BUILT_IN_PROFILES, type Capability } from "./capability.ts";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./engine_options.ts";
import { assemble } from "./instrument/testdata/text.ts";
import type { GuestMessage } from "./message.ts";
import { saved, withStore } from "./testdata/core/store.ts";
import { functionBody, readDump } from "./trap/testdata/read_dump.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const TIGHT: Capability = { ...SANDBOXED, cpuMsMax: 60 };

/** An engine with one scheduler, closed when the test is over. */
async function withEngine(
  test: (engine: Engine, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1 });
  try {
    await test(engine, runtime);
  } finally {
    await engine.close();
  }
}

/** Why what `spawn` spawns ended; `then` is called when it is monitored. */
async function endOf(
  runtime: Runtime,
  spawn: () => Pid<GuestMessage>,
  then: (pid: Pid<GuestMessage>) => unknown = () => {},
): Promise<ExitReason> {
  let reason: ExitReason = "noproc";
  await runtime.spawn<Down>(async (self) => {
    const pid = spawn();
    self.monitor(pid);
    then(pid);
    ({ reason } = await self.receive());
  }).join();
  return reason;
}

const SPIN = `(module (func (export "run") (loop (br 0))))`;

Deno.test("loadModule() runs a module to its end, however soon that is", async () => {
  await withEngine(async (engine, runtime) => {
    const text = `(module (func (export "run")))`;
    const idle = await engine.loadModule(
      "idle",
      await assemble(text),
      SANDBOXED,
    );
    for (let count = 0; count < 20; count++) {
      const reason = await endOf(runtime, () => engine.spawn(idle, "run"));
      strictEqual(reason, "normal");
    }
  });
});

Deno.test("loadModule() refuses what cannot run, and says why", async () => {
  await withEngine(async (engine) => {
    const text = `(module (import "rusm" "recieve" (func)))`;
    const bytes = await assemble(text);
    await rejects(engine.loadModule("typo", bytes, SANDBOXED), {
      name: "LoadFailed",
      component: "typo",
      message:
        "Cannot import what is not there, of which rusm.receive is nearest: rusm.recieve",
    });
  });
});

Deno.test("A trap says what it was, in which functions, and where in the original", async () => {
  await withEngine(async (engine, runtime) => {
    const text = `(module
      (func $deep (loop $again (if (i32.const 1) (then unreachable))))
      (func $outer (call $deep))
      (func (export "run") (call $outer)))`;
    const bytes = await assemble(text, true);
    const broken = await engine.loadModule("broken", bytes, SANDBOXED);
    const reason = await endOf(runtime, () => engine.spawn(broken, "run"));
    const { name, message, stack } = reason as Crash;
    strictEqual(name, "Trap");
    match(message, /^unreachable: in deep <- outer <- /);
    const offset = Number(/broken:(0x[0-9a-f]+)/.exec(stack!)?.[1]);
    strictEqual(bytes[offset], 0x00, "the offset is that of unreachable");
  });
});

Deno.test("A guest that spins leaves others their turn, and can be killed", async () => {
  await withEngine(async (engine, runtime) => {
    const spin = await engine.loadModule(
      "spin",
      await assemble(SPIN),
      SANDBOXED,
    );
    const text = `(module (func (export "run")))`;
    const idle = await engine.loadModule(
      "idle",
      await assemble(text),
      SANDBOXED,
    );
    let spinner: Pid<GuestMessage> | undefined;
    const reason = await endOf(
      runtime,
      () => spinner = engine.spawn(spin, "run"),
      async () => {
        strictEqual(
          await endOf(runtime, () => engine.spawn(idle, "run")),
          "normal",
        );
        runtime.kill(spinner!);
      },
    );
    strictEqual(reason, "killed");
  });
});

Deno.test("A guest that spins too long ends with a limit", async () => {
  await withEngine(async (engine, runtime) => {
    const spin = await engine.loadModule("spin", await assemble(SPIN), TIGHT);
    const reason = await endOf(runtime, () => engine.spawn(spin, "run"));
    strictEqual(
      formatReason(reason),
      "limit cpu: Used more than 60 ms of CPU time without waiting",
    );
  });
});

// Sends what it receives, of 8 bytes and more, back to the pid in the first 8.
const ECHO = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (memory (export "memory") 1)
  (func (export "run") (local $length i32)
    (local.set $length (call $receive (i32.const 0) (i32.const 100)))
    (call $send (i64.load (i32.const 0)) (i32.const 8)
      (i32.sub (local.get $length) (i32.const 8)))))`;

Deno.test("A module and a native process send each other bytes", async () => {
  await withEngine(async (engine, runtime) => {
    const echo = await engine.loadModule(
      "echo",
      await assemble(ECHO),
      SANDBOXED,
    );
    const asker = runtime.spawn<Uint8Array>(async (self) => {
      const message = new Uint8Array(11);
      new DataView(message.buffer).setBigUint64(0, self.pid.toBigInt(), true);
      message.set([1, 2, 3], 8);
      runtime.send(engine.spawn(echo, "run"), message);
      deepStrictEqual([...await self.receive()], [1, 2, 3]);
    });
    strictEqual(await asker.join(), "normal");
  });
});

Deno.test("A command's exit code is its exit reason", async () => {
  await withEngine(async (engine, runtime) => {
    const text = `(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "three") (call $exit (i32.const 3)) unreachable)
      (func (export "zero") (call $exit (i32.const 0)) unreachable))`;
    const command = await engine.loadModule(
      "command",
      await assemble(text),
      SANDBOXED,
    );
    const ends = ["zero", "three"].map((entry) =>
      endOf(runtime, () => engine.spawn(command, entry))
    );
    deepStrictEqual(await Promise.all(ends), [
      "normal",
      { type: "exit", payload: { exitCode: 3 } },
    ]);
  });
});

Deno.test("What a command prints is logged line by line without stdio", async () => {
  const runtime = new Runtime();
  const lines: [number, string][] = [];
  const engine = new Engine(runtime, {
    schedulersPerPool: 1,
    observer: {
      logged: (_, __, level, text) => void lines.push([level, text]),
    },
  });
  try {
    const text = `(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\08\\00\\00\\00\\05\\00\\00\\00a\\0ab\\0ac")
      (func (export "run")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))`;
    const bytes = await assemble(text);
    const chatty = await engine.loadModule("chatty", bytes, SANDBOXED);
    await endOf(runtime, () => engine.spawn(chatty, "run"));
    deepStrictEqual(lines, [[2, "a"], [2, "b"], [2, "c"]]);
    ok(engine.info().spawned === 1);
  } finally {
    await engine.close();
  }
});

Deno.test("loadModule() keeps what it rewrites when it is told where, and runs that the next time", async () => {
  await withStore(async ({ directory }) => {
    const bytes = await assemble(`(module (func (export "run") unreachable))`);
    const said: string[] = [];
    const run = async () => {
      const runtime = new Runtime();
      const engine = new Engine(runtime, {
        schedulersPerPool: 1,
        cacheDir: directory,
        observer: {
          logged: (pid, name, level, text) =>
            said.push([pid, name, level, text].join()),
        },
      });
      try {
        const module = await engine.loadModule("m", bytes, SANDBOXED);
        const reason = await endOf(runtime, () => engine.spawn(module, "run"));
        return formatReason(reason);
      } finally {
        await engine.close();
      }
    };
    const first = await run();
    const [path] = await saved(directory);
    const before = await Deno.stat(path!);
    strictEqual(await run(), first);
    const after = await Deno.stat(path!);
    strictEqual(after.ino, before.ino, "it was not written again");
    deepStrictEqual(said, []);
    await Deno.writeTextFile(path!, "broken");
    strictEqual(await run(), first);
    match(said.join(), /^,module cache,3,Cannot use .* broken entry: /);
    strictEqual((await Deno.stat(path!)).size, before.size);
  });
});

// Traps in a function that is called by another, with a memory and globals.
const CRASH = `(module
  (memory 2) (data (i32.const 70000) "left behind")
  (global $constant i32 (i32.const 5))
  (global $count (mut i32) (i32.const 1)) (global $sum (mut f64) (f64.const 0))
  (func $deep (global.set $count (i32.const 7)) (global.set $sum (f64.const 1.5))
    (i64.store (i32.const 8) (i64.const 0x1122334455667788)) unreachable)
  (func $outer (loop $l (call $deep) (br $l)))
  (func (export "run") (call $outer))
  (func (export "fine"))
  (func (export "spin") (loop (br 0))))`;

/** Runs each of `entries` of a module, and returns what was dumped and how they ended. */
async function dumpsOf(
  text: string,
  entries: readonly string[],
  options: EngineOptions,
): Promise<{ dumps: [string, Uint8Array<ArrayBuffer>][]; seen: string[] }> {
  const runtime = new Runtime();
  const dumps: [string, Uint8Array<ArrayBuffer>][] = [];
  const seen: string[] = [];
  let told = () => {};
  const engine = new Engine(runtime, {
    schedulersPerPool: 1,
    ...options,
    observer: {
      dumped: (pid, component, dump) => {
        dumps.push([component, dump]);
        seen.push(`dumped ${pid}`);
      },
      exited: (pid) => {
        seen.push(`exited ${pid}`);
        told();
      },
    },
  });
  try {
    const bytes = await assemble(text, true);
    const module = await engine.loadModule("crash", bytes, TIGHT);
    for (const entry of entries) {
      const ended = new Promise<void>((resolve) => told = resolve);
      engine.spawn(module, entry);
      await ended;
    }
    return { dumps, seen };
  } finally {
    await engine.close();
  }
}

Deno.test("A trap is dumped, with memory, globals and stack, before its process is told to have ended", async () => {
  const { dumps, seen } = await dumpsOf(CRASH, ["run"], { coreDumpsMax: 1 });
  strictEqual(seen.length, 2);
  strictEqual(seen[0]!.replace("dumped", "exited"), seen[1]);
  const [[component, dump]] = dumps as [[string, Uint8Array<ArrayBuffer>]];
  strictEqual(component, "crash");
  ok(WebAssembly.validate(dump));
  const core = readDump(dump);
  const pid = seen[0]!.slice("dumped ".length);
  strictEqual(core.processName, `crash${pid}`);
  strictEqual(core.moduleName, "crash");
  // Three calls, by the indices of the original; offsets in their bodies.
  deepStrictEqual(core.frames.map(({ functionIndex }) => functionIndex), [
    ...[0, 1, 2],
  ]);
  const body = functionBody(await assemble(CRASH, true), 0);
  strictEqual(body[core.frames[0]!.codeOffset], 0x00, "unreachable");
  const { memories, globals } = core;
  deepStrictEqual(globals, [undefined, 7, 1.5]);
  strictEqual(memories.length, 1);
  const bytes = memories[0]!;
  strictEqual(bytes.length, 2 * 65_536);
  strictEqual(
    new TextDecoder().decode(bytes.subarray(70_000, 70_011)),
    "left behind",
  );
  strictEqual(
    new DataView(bytes.buffer).getBigInt64(8, true),
    0x1122334455667788n,
  );
});

// deno-fmt-ignore
const DUMPED: [string, string[], EngineOptions, number][] = [
  ["nothing when none are allowed", ["run"], {}, 0],
  ["as many as are allowed", ["run", "run", "run"], { coreDumpsMax: 2 }, 2],
  ["nothing of what ends well, or by a limit", ["fine", "spin", "nowhere"], { coreDumpsMax: 9 }, 0],
  ["as many as are allowed, over all schedulers", ["run", "run", "run", "run"], { coreDumpsMax: 3, schedulersPerPool: 2 }, 3],
];

for (const [what, entries, options, count] of DUMPED) {
  Deno.test(`An engine dumps ${what}`, async () => {
    const { dumps, seen } = await dumpsOf(CRASH, entries, options);
    strictEqual(dumps.length, count);
    strictEqual(seen.length, count + entries.length);
  });
}

for (const coreDumpsMax of [-1, 0.5, NaN, Infinity, 2 ** 31]) {
  Deno.test(`new Engine() refuses ${coreDumpsMax} core dumps`, () => {
    throws(
      () => new Engine(new Runtime(), { coreDumpsMax }),
      new RangeError(
        `Cannot make a number of core dumps that is none from 0 to 2147483647: ${coreDumpsMax}`,
      ),
    );
  });
}

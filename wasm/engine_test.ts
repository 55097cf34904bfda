import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";

import { BUILT_IN_PROFILES, defineProfile } from "./capability.ts";
import { Engine } from "./engine.ts";
import type { Component } from "./engine_options.ts";
import { checkBundle } from "./script/bake_or_fail.ts";
import {
  type LoadFailed,
  NotGrantable,
  SchedulerFailed,
  SystemLimit,
} from "./errors.ts";
import {
  PROCESSES_MAX,
  SCHEDULERS_MAX,
  START_HEARTBEATS_MAX,
} from "./limits.ts";
import {
  beatUntil,
  countingWorkers,
  watch,
  withEngine,
  withHeartbeat,
} from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const CLIENT = BUILT_IN_PROFILES.get("network-client")!;
const NOTHING = "exports.default = () => {}";

Deno.test("Engine runs components of equal permissions on the same schedulers, and others not", async () => {
  await withEngine({}, async ({ engine }) => {
    const frugal = defineProfile("frugal", { cpuMsMax: 5, memoryMbMax: 8 });
    const trusted = BUILT_IN_PROFILES.get("trusted")!;
    const components = [];
    for (const capability of [SANDBOXED, CLIENT, frugal, trusted, SANDBOXED]) {
      components.push(await engine.load("c", NOTHING, capability));
    }
    const places = components.map((component) =>
      engine.spawn(component, "handle").scheduler
    );
    deepStrictEqual(places, [1, 2, 1, 2, 1]);
  });
});

Deno.test("Engine runs each process of one scheduler under the limits of its own component", async () => {
  await withEngine({}, async ({ engine, ends }) => {
    const bundle = "exports.default = () => { new ArrayBuffer(2e7); }";
    const reasons = [];
    for (const memoryMbMax of [64, 8]) {
      const capability = defineProfile("c", { memoryMbMax });
      const component = await engine.load("c", bundle, capability);
      const reason = await ends.of(engine.spawn(component, "run"));
      reasons.push(typeof reason === "string" ? reason : reason.type);
    }
    deepStrictEqual(reasons, ["normal", "limit"]);
  });
});

Deno.test("Engine tells its observer what happens, and by what component", async () => {
  const seen: string[] = [];
  const observer = {
    spawned: (pid: Pid, { name, capability }: Component) =>
      void seen.push(`spawned ${pid} ${name} ${capability.name}`),
    exited: (pid: Pid, name: string, reason: unknown) =>
      void seen.push(`exited ${pid} ${name} ${reason}`),
    logged: (pid: Pid | undefined, name: string, level: number, text: string) =>
      void seen.push(`logged ${pid} ${name} ${level} ${text}`),
    refused: (pid: Pid) => void seen.push(`refused ${pid}`),
  };
  await withEngine({ observer }, async ({ engine, runtime }) => {
    const bundle = `console.warn("loads");
      exports.default = () => { Process.receive(); console.error("runs"); };`;
    const component = await engine.load("told", bundle, SANDBOXED);
    const pid = engine.spawn(component, "run");
    runtime.send(pid, (() => 1) as unknown as string);
    runtime.send(pid, "go");
    while (seen.length < 5) await turn();
    deepStrictEqual(seen, [
      "logged undefined told 1 loads",
      `spawned ${pid} told sandboxed`,
      `refused ${pid}`,
      `logged ${pid} told 0 runs`,
      `exited ${pid} told normal`,
    ]);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("Engine.info() counts what was spawned and what lives", async () => {
  await withEngine({}, async ({ engine, runtime, ends }) => {
    deepStrictEqual(engine.info(), { spawned: 0, alive: 0 });
    const one = await engine.load("one", NOTHING, SANDBOXED);
    const two = await engine.load("two", NOTHING, CLIENT);
    const pids = [one, one, two].map((each) => engine.spawn(each, "handle"));
    deepStrictEqual(engine.info(), { spawned: 3, alive: 3 });
    runtime.kill(pids[0]!);
    await ends.of(pids[0]);
    deepStrictEqual(engine.info(), { spawned: 3, alive: 2 });
  });
});

Deno.test("Engine.schedulers() are those of all pools, with what lives on them", async () => {
  await withEngine({}, async ({ engine }) => {
    deepStrictEqual(engine.schedulers(), []);
    const one = await engine.load("one", NOTHING, SANDBOXED);
    await engine.load("two", NOTHING, CLIENT, { isolation: "dedicated" });
    const { scheduler } = engine.spawn(one, "handle");
    const all = engine.schedulers();
    strictEqual(all.every(({ isSilent }) => !isSilent), true);
    deepStrictEqual(
      all.filter(({ aliveCount }) => aliveCount > 0)
        .map(({ scheduler, aliveCount }) => [scheduler, aliveCount]),
      [[scheduler, 1]],
    );
  });
});

Deno.test("Engine.load() fails with the component's error, and leaves nothing", async () => {
  const bundle = "\n\nfunction f() { throw new RangeError('far'); }\nf();";
  await withEngine({}, async ({ engine }) => {
    await rejects(
      engine.load("bad", bundle, SANDBOXED),
      (error: LoadFailed) => {
        deepStrictEqual(
          [error.name, error.component, error.message],
          ["LoadFailed", "bad", "RangeError: far"],
        );
        ok(/^RangeError: far\n *at f \(bad\.js:3:\d+\)/.test(error.stack!));
        ok(!/file:|engine\.ts/.test(error.stack!), error.stack);
        return true;
      },
    );
    // No Worker was started for it: the first one is still to come.
    const good = await engine.load("good", NOTHING, CLIENT);
    strictEqual(engine.spawn(good, "handle").scheduler, 1);
  });
});

Deno.test({
  name:
    "Engine.load() refuses to grant what the node lacks, before it evaluates the component",
  permissions: { read: true, net: false },
  async fn() {
    await withEngine({}, async ({ engine, lines }) => {
      const loading = engine.load("c", "console.log('evaluated')", CLIENT);
      await rejects(loading, NotGrantable);
      deepStrictEqual(lines, []);
    });
  },
});

Deno.test("Engine.load() works again after its schedulers were lost before they ran", async () => {
  await withHeartbeat(async (beat) => {
    await withEngine({}, async ({ engine, ends }) => {
      const restore = afterEachWorker(() => {
        for (let n = 0; n <= START_HEARTBEATS_MAX; n++) beat();
      });
      try {
        await rejects(engine.load("c", NOTHING, SANDBOXED), SchedulerFailed);
      } finally {
        restore();
      }
      const second = await engine.load("second", NOTHING, SANDBOXED);
      strictEqual(await ends.of(engine.spawn(second, "run")), "normal");
    });
  });
});

/** Calls `act` behind the turn that makes a Worker, until what it returns is called. */
function afterEachWorker(act: () => void): () => void {
  const real = globalThis.Worker;
  globalThis.Worker = class extends real {
    constructor(...args: ConstructorParameters<typeof real>) {
      super(...args);
      queueMicrotask(act);
    }
  };
  return () => {
    globalThis.Worker = real;
  };
}

Deno.test("Engine gives up a scheduler that does not answer its heartbeat", async () => {
  await withHeartbeat(async (beat) => {
    const lost: [number, string][] = [];
    const observer = {
      schedulerLost: (index: number, why: string) =>
        void lost.push([index, why]),
    };
    await withEngine({ observer }, async ({ engine }) => {
      await engine.load("c", NOTHING, SANDBOXED);
      beatUntil(() => lost.length > 0, beat);
      deepStrictEqual(lost, [[1, "it gave no sign of life 5 times"]]);
    });
  });
});

Deno.test("Engine.load() refuses more schedulers than pids can name", async () => {
  await withEngine(
    { schedulersPerPool: SCHEDULERS_MAX },
    ({ engine }) =>
      rejects(engine.load("c", NOTHING, SANDBOXED), SchedulerFailed),
  );
});

Deno.test("Engine.spawn() throws SystemLimit when the schedulers are full", async () => {
  await withEngine({}, async ({ engine }) => {
    const component = await engine.load("c", NOTHING, SANDBOXED);
    for (let count = 0; count < PROCESSES_MAX; count++) {
      engine.spawn(component, "handle");
    }
    throws(() => engine.spawn(component, "handle"), {
      name: SystemLimit.name,
      message: "Cannot spawn more processes of this component: c",
    });
    strictEqual(engine.info().alive, PROCESSES_MAX);
  });
});

Deno.test("Engine.close() ends what runs, can be called twice, and nothing works after it", async () => {
  await withEngine({}, async ({ engine, runtime }) => {
    const bundle = "exports.default = () => { for (;;) Process.receive(); }";
    const component = await engine.load("c", bundle, SANDBOXED);
    const watcher = watch(runtime, engine.spawn(component, "run"));
    await watcher.isWatching;
    const closing = engine.close();
    strictEqual(engine.close(), closing);
    strictEqual(await watcher.reason, "shutdown");
    throws(() => engine.spawn(component, "run"), SystemLimit);
    await rejects(engine.load("d", NOTHING, SANDBOXED), SchedulerFailed);
    deepStrictEqual(engine.info(), { spawned: 1, alive: 0 });
  });
});

// The turns of the thread that a load has got to when the engine is closed.
for (const turns of [0, 1, 3, 30]) {
  Deno.test(`Engine.close() leaves no Worker of a load that is ${turns} turns old`, async () => {
    const engine = new Engine(new Runtime(), { schedulersPerPool: 1 });
    const load = engine.load("c", NOTHING, SANDBOXED);
    for (let count = 0; count < turns; count++) await Promise.resolve();
    await engine.close();
    await rejects(load, SchedulerFailed);
  });
}

Deno.test("Engine.close() ends a load that awaits its schedulers", async () => {
  await countingWorkers(() =>
    withEngine({}, async ({ engine }) => {
      const restore = afterEachWorker(() => engine.close());
      try {
        await rejects(engine.load("c", NOTHING, SANDBOXED), SchedulerFailed);
      } finally {
        restore();
      }
    })
  );
});

Deno.test("Engine.close() leaves no Worker of any pool", async () => {
  await countingWorkers(() =>
    withEngine({ schedulersPerPool: 2 }, async ({ engine, ends }) => {
      for (const capability of [SANDBOXED, CLIENT]) {
        const component = await engine.load("c", NOTHING, capability);
        await ends.of(engine.spawn(component, "run"));
        engine.spawn(component, "handle");
      }
    })
  );
});

Deno.test("Engine keeps the clocks of its guests going forward, in every thread", async () => {
  await withEngine({}, async ({ engine, lines, ends }) => {
    const bundle = `const loaded = performance.now();
      exports.default = () => console.log(performance.now() >= loaded, Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5_000);`;
    const component = await engine.load("c", bundle, SANDBOXED);
    await ends.of(engine.spawn(component, "run"));
    deepStrictEqual(lines, ["true true"]);
  });
});

Deno.test("Engine runs a crowd of processes that end in every way", async () => {
  await withEngine(
    { schedulersPerPool: 2 },
    async ({ engine, runtime, ends }) => {
      const capability = defineProfile("crowd", {
        cpuMsMax: 50,
        memoryMbMax: 8,
      });
      const bundles = [
        NOTHING,
        "exports.default = () => { throw new Error('x'); }",
        "exports.default = () => { for (;;); }",
        "exports.default = () => { const a = []; for (;;) a.push(new ArrayBuffer(1e6)); }",
        "exports.default = () => { Process.receive(); }",
        "exports.default = () => new Promise((r) => setTimeout(r, 1e6))",
      ];
      const components: Component[] = [];
      for (const bundle of bundles) {
        components.push(await engine.load("crowd", bundle, capability));
      }
      const pids = Array.from(
        { length: 60 },
        (_, index) =>
          engine.spawn(components[index % components.length]!, "run"),
      );
      const waiting = pids.filter((_, index) => index % bundles.length >= 4);
      for (const pid of waiting) runtime.kill(pid);
      for (const pid of pids) await ends.of(pid);
      deepStrictEqual(engine.info(), { spawned: 60, alive: 0 });
    },
  );
});

Deno.test("checkBundle() takes a component that loads, and needs no Worker", async () => {
  await checkBundle("good", NOTHING);
});

// deno-fmt-ignore
const BAD: [name: string, bundle: string, message: string][] = [
  ["throws", "throw new TypeError('no')", "TypeError: no"],
  ["does not parse", "let let", "SyntaxError: 'let' is not a valid lexical identifier"],
  ["hoards", "const a = []; for (;;) a.push(new ArrayBuffer(1e6))", "InternalError: out of memory"],
];

for (const [name, bundle, message] of BAD) {
  Deno.test(`checkBundle() refuses a component that ${name}`, async () => {
    await rejects(checkBundle("bad", bundle), {
      name: "LoadFailed",
      component: "bad",
      message,
    });
  });
}

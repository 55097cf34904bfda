/** Code from elsewhere, asked for by guests of two schedulers. */

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { formatReason, Pid } from "@rusm/otp";
import { MemoryStore } from "../actor/testdata/memory_store.ts";
import { built, TRUSTED, withProbes } from "../actor/testdata/probe.ts";
import { defineProfile } from "../capability.ts";
import { componentOf } from "../component/testdata/source.ts";
import type { Engine } from "../engine.ts";
import { NotGrantable } from "../errors.ts";
import { runApp } from "../script/testdata/app.ts";
import { countingWorkers, withEngine } from "../testdata/workers.ts";
import { assemble } from "../testdata/wat.ts";
import type { Held } from "./testdata/churn.ts";
import type { TemplateKind } from "./template.ts";

const SANDBOXED = defineProfile("none", {});
const SPAWNER = defineProfile("spawner", { spawn: true });

/** Answers what it is, and what it may do. */
const PLUGIN = `exports.default = () => {
  const to = BigInt(Process.receiveText());
  try { kv.bucket("b").get("k") } catch ({ message }) { Process.send(to, message) }
};`;

/** Makes a function of \`main\` that tells what it throws. */
const TELL = `const tell = (use) => {
  try { return String(use()) } catch (error) { return error.message }
};`;

function template(engine: Engine, name: string, kind: TemplateKind) {
  return engine.registerTemplate({ name, kind, capability: SANDBOXED });
}

Deno.test("spawnFrom() of a script runs code under the capability of the template", async () => {
  const { lines, reason } = await runApp(
    `
    const pids = [0, 1, 2, 3].map(() => Process.spawnFrom("plugin", ${
      JSON.stringify(`inline:${PLUGIN}`)
    }));
    for (const pid of pids) {
      Process.send(pid, String(Process.self()));
      console.log(Process.receiveText());
    }`,
    { prepared: ({ engine }) => template(engine, "plugin", "js") },
  );
  strictEqual(reason, "normal");
  deepStrictEqual(
    lines,
    Array(4).fill("kv denied: missing the storage capability"),
  );
});

// What a guest does, and what it is told. `x` is a component, the others are templates.
const TOLD: [use: string, told: string | RegExp][] = [
  [
    `Process.spawn("js")`,
    "`js` is a dynamic runner template — spawn it with spawn-from(component, source)",
  ],
  [
    `Process.supervise("one-for-one", ["x", "wasm"])`,
    "`wasm` is a dynamic template and can't be a supervised child",
  ],
  [
    `Process.spawnFrom("x", "inline:1")`,
    "`x` is not a dynamic template (use `spawn` for a fixed component)",
  ],
  [`Process.spawnFrom("nobody", "inline:1")`, "unknown component `nobody`"],
  [`Process.spawnFrom("js", "kv:b")`, /^kv source must be/],
  [
    `Process.spawnFrom("js", "kv:b/none")`,
    "bundle not found at kv:b/none",
  ],
  [
    `Process.spawnFrom("js", "inline:throw new Error('no')")`,
    "compiling dynamic code of `js`: Error: no",
  ],
  [
    `Process.spawnFrom("js", "inline:export default () => {}")`,
    /^compiling dynamic code of `js`: SyntaxError: .*; it is an ES module, and the node takes one CommonJS script/,
  ],
  [
    `Process.spawnFrom("wasm", "inline:(module)")`,
    /^compiling dynamic code of `wasm`: Cannot take what is no WebAssembly in binary form/,
  ],
  [
    `Process.spawnFrom("wasm", "kv:b/command")`,
    "compiling dynamic code of `wasm`: Cannot begin with what is not exported: run",
  ],
  [
    `Process.spawnFrom("cli", "kv:b/module")`,
    "`cli` source is not a wasi:cli command: it does not export _start",
  ],
  [
    `Process.spawnFrom("wasm", "kv:b/greedy")`,
    /^compiling dynamic code of `wasm`: Cannot /,
  ],
];

Deno.test("spawnFrom() tells a script what is wrong", async () => {
  const store = await filled({
    module: await assemble('(module (func (export "run")))'),
    command: await assemble('(module (func (export "_start")))'),
    greedy: await assemble('(module (memory 9999) (func (export "run")))'),
  });
  const uses = TOLD.map(([use]) => `console.log(tell(() => ${use}));`);
  const { lines } = await runApp(TELL + uses.join("\n"), {
    store,
    others: { x: "Process.receive()" },
    prepared: async ({ engine }) => {
      await template(engine, "js", "js");
      await template(engine, "wasm", "wasm");
      await template(engine, "cli", "wasi-cli");
    },
  });
  TOLD.forEach(([use, told], index) => {
    if (typeof told === "string") strictEqual(lines[index], told, use);
    else match(lines[index]!, told, use);
  });
});

Deno.test("spawnFrom() of a component runs modules, components and commands", async () => {
  const store = await filled({
    module: await assemble('(module (func (export "run") unreachable))'),
    component: await componentOf({
      main: '(func (export "run") (unreachable))',
    }),
    command: await assemble('(module (func (export "_start")))'),
  });
  await withProbes(async (teller, { engine, ends }) => {
    await template(engine, "wasm", "wasm");
    await template(engine, "cli", "wasi-cli");
    const load = (capability = TRUSTED) =>
      engine.loadModule("probe", built("probe"), capability);
    const probes = [0, 1].map(() => load()).map(async (component) =>
      teller.spawn(await component)
    );
    for (
      const [name, key, reason] of [
        ["wasm", "module", /unreachable/],
        ["wasm", "component", /unreachable/],
        ["cli", "command", /^normal$/],
      ] as const
    ) {
      for (const probe of await Promise.all(probes)) {
        const pid = await probe.do("spawn-from", name, `kv:b/${key}`);
        match(pid, /^\d+$/);
        const end = ends.of(Pid.fromBigInt(BigInt(pid)));
        match(formatReason(await end), reason);
      }
    }
    const denied = teller.spawn(await load(SPAWNER));
    strictEqual(
      await denied.do("spawn-from", "wasm", "kv:b/module"),
      "error: spawn-from kv denied: missing the storage capability",
    );
    strictEqual(
      await denied.do("spawn-from", "wasm", "http://127.0.0.1:9/x"),
      "error: spawn-from url denied: missing the network capability",
    );
  }, { store });
});

async function filled(
  values: Record<string, Uint8Array>,
): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, value] of Object.entries(values)) {
    await store.set("b", key, value);
  }
  return store;
}

Deno.test("a script that never ends while it is evaluated does not stop the node", async () => {
  let turnCount = 0;
  const { lines } = await runApp(
    `${TELL}
    console.log("begin");
    console.log(tell(() => Process.spawnFrom("js", "inline:for (;;) console.log('x'.repeat(9999));")));
    console.log(tell(() => Process.spawnFrom("js", "inline:exports.default = () => {}") > 0n));`,
    {
      prepared: ({ engine }) => template(engine, "js", "js"),
      async spawned(_pid, { lines }) {
        while (lines.length <= 1) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          turnCount += lines.length;
        }
      },
    },
  );
  ok(turnCount > 5, `${turnCount}`);
  strictEqual(lines.length, 103);
  ok(lines.slice(1, 101).every((line) => line === "x".repeat(4_096)));
  deepStrictEqual(lines.slice(101), [
    "compiling dynamic code of `js`: TimeoutError: Used more than 2000 ms to load",
    "true",
  ]);
});

Deno.test("Engine.registerTemplate() gives and takes names, and checks the profile", async () => {
  const { lines } = await runApp(
    `${TELL}
    for (const name of ["a", "b", "c"]) {
      console.log(tell(() => Process.spawn(name) > 0n));
      console.log(tell(() => Process.spawnFrom(name, "inline:exports.default = () => {}") > 0n));
    }`,
    {
      others: { a: "", b: "", c: "" },
      prepared: async ({ engine }) => {
        for (const name of ["a", "b", "c"]) await template(engine, name, "js");
        const bundle = "exports.default = () => {};";
        engine.register("b", await engine.load("b", bundle, SANDBOXED));
        engine.registerUndeclared("c", bundle);
      },
    },
  );
  const [dynamic, fixed] = [/is a dynamic runner/, /is not a dynamic/];
  const said = [dynamic, /^true$/, /^true$/, fixed, /^true$/, fixed];
  said.forEach((each, index) => match(lines[index]!, each));
});

Deno.test("Engine.registerTemplate() rejects what is none", () =>
  withEngine({}, async ({ engine }) => {
    const bad = { name: "x", kind: "js", capability: SANDBOXED } as const;
    await rejects(engine.registerTemplate({ ...bad, entry: "x" }), RangeError);
    const env = defineProfile("p", {
      preopens: [{ host: "/nowhere", guest: "/", readOnly: true }],
    });
    const real = Deno.permissions.query;
    Deno.permissions.query = () =>
      Promise.resolve({ state: "denied" } as Deno.PermissionStatus);
    try {
      await rejects(
        engine.registerTemplate({ ...bad, capability: env }),
        NotGrantable,
      );
    } finally {
      Deno.permissions.query = real;
    }
  }));

Deno.test("Engine.close() ends the thread that scripts are evaluated in", () =>
  countingWorkers(async () => {
    const { lines } = await runApp(
      `console.log(Process.spawnFrom("js", "inline:exports.default = () => {}") > 0n)`,
      { prepared: ({ engine }) => template(engine, "js", "js") },
    );
    deepStrictEqual(lines, ["true"]);
  }));

Deno.test("what many different codes leave behind does not grow", async () => {
  const script = new URL("./testdata/churn.ts", import.meta.url).pathname;
  for (const kind of ["module", "component"]) {
    const { stdout, stderr, success } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          ...["run", "-A", "--no-check", "--v8-flags=--expose-gc", script],
          ...[kind, "150", "3"],
        ],
      },
    ).output();
    ok(success, new TextDecoder().decode(stderr));
    const held: Held[] = new TextDecoder().decode(stdout).trim().split("\n")
      .map((line) => JSON.parse(line));
    const [first, last] = [held[0]!, held.at(-1)!];
    // A component that stays takes twice that of this heap at least, and more outside of it.
    const keptBytes = (last.heapBytes - first.heapBytes) / 300;
    ok(keptBytes < 2_048, `${kind}: ${keptBytes}`);
    strictEqual(last.fileCount, first.fileCount);
  }
});

/** Components on schedulers in Workers. */

import { match, rejects, strictEqual } from "node:assert";

import { type Down, formatReason, Runtime } from "@rusm/otp";
import { fixture } from "./component/testdata/fixture.ts";
import { componentOf } from "./component/testdata/source.ts";
import { BUILT_IN_PROFILES } from "./capability.ts";
import { Engine } from "./engine.ts";
import type { Component } from "./engine_options.ts";
import { LoadFailed } from "./errors.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

async function withEngine(
  check: (engine: Engine, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1 });
  try {
    await check(engine, runtime);
  } finally {
    await engine.close();
  }
}

async function endOf(
  { engine, runtime }: { engine: Engine; runtime: Runtime },
  component: Component,
  entry: string,
): Promise<string> {
  let why = "";
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(engine.spawn(component, entry));
    why = formatReason((await self.receive()).reason);
  });
  strictEqual(await watcher.join(), "normal");
  return why;
}

const MAIN = `
  (global $used (mut i32) (i32.const 0))
  (func $once (if (global.get $used) (then (unreachable)))
    (global.set $used (i32.const 1)))
  (func (export "run") (call $once))
  (func (export "spin") (loop (br 0)))
  (func (export "trap") (unreachable))
  (func (export "wasi:cli/run@0.2.0#run") (result i32) (call $once) (i32.const 1))`;

const EXPORTS = {
  "": "run: func(); spin: func(); trap: func();",
  "wasi:cli/run@0.2.0": "run: func() -> result;",
};

Deno.test("Engine runs components as processes, as new each time", () =>
  withEngine(async (engine, runtime) => {
    const bytes = await componentOf({ main: MAIN, exports: EXPORTS });
    const component = await engine.loadModule("parts", bytes, SANDBOXED);
    for (let round = 0; round < 3; round++) {
      strictEqual(await endOf({ engine, runtime }, component, "run"), "normal");
    }
    const command = await endOf(
      { engine, runtime },
      component,
      "wasi:cli/run#run",
    );
    match(command, /^exit/);
    match(
      await endOf({ engine, runtime }, component, "trap"),
      /^crashed: Trap: unreachable: in /,
    );
    match(
      await endOf({ engine, runtime }, component, "spin"),
      /^limit cpu: Used more than 1000 ms/,
    );
    strictEqual(await endOf({ engine, runtime }, component, "run"), "normal");
  }));

Deno.test("Engine ends a component in an endless loop that is killed", () =>
  withEngine(async (engine, runtime) => {
    const bytes = await componentOf({ main: MAIN, exports: EXPORTS });
    const component = await engine.loadComponent("parts", bytes, SANDBOXED);
    const watcher = runtime.spawn<Down>(async (self) => {
      const pid = engine.spawn(component, "spin");
      self.monitor(pid);
      runtime.kill(pid);
      strictEqual((await self.receive()).reason, "killed");
    });
    strictEqual(await watcher.join(), "normal");
    strictEqual(await endOf({ engine, runtime }, component, "run"), "normal");
  }));

// deno-fmt-ignore
const REFUSED: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["imports what is not there", fixture("nested"), /^Cannot import what is not there: log$/],
  ["needs preview 3", fixture("async"), /preview 3/],
  ["is no component", fixture("actor").slice(0, 100), /offset/],
];

for (const [what, bytes, message] of REFUSED) {
  Deno.test(`Engine.loadComponent() refuses what ${what}`, () =>
    withEngine(async (engine) => {
      await rejects(
        engine.loadComponent(
          "parts",
          bytes as Uint8Array<ArrayBuffer>,
          SANDBOXED,
        ),
        (error) => {
          match((error as Error).message, message);
          return error instanceof LoadFailed;
        },
      );
    }));
}

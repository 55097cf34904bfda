import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { Ceilings } from "../../ceilings.ts";
import { ModuleCache } from "../../core/module_cache.ts";
import type { CoreModule } from "../../core/module.ts";
import { Epoch } from "../../epoch.ts";
import { assemble } from "../../testdata/wat.ts";
import { CORE_INSTANCES_MAX } from "../limits.ts";
import { FIBERS_MAX, HELPER_BYTES_MAX } from "./limits.ts";
import { Machine, type MachineParts, toldOf } from "./machine.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

async function moduleOf(text: string): Promise<CoreModule> {
  const bytes = await assemble(text);
  return await new ModuleCache().prepare(
    "it",
    bytes,
    SANDBOXED,
    toldOf(bytes),
  );
}

class Exceeded extends Error {}

async function machineOf(
  text: string,
  parts: Partial<MachineParts> = {},
): Promise<Machine> {
  return new Machine({
    modules: new Map([["it.wasm", await moduleOf(text)]]),
    epoch: new Epoch().memory,
    ceilings: new Ceilings(),
    overrun: () => 0,
    exceeded: () => {
      throw new Exceeded();
    },
    ...parts,
  });
}

function instantiate(machine: Machine, imports?: WebAssembly.Imports) {
  return machine.instantiate(machine.moduleOf("it.wasm"), imports).exports;
}

Deno.test("Machine gives a module its own memory, with the start function run", async () => {
  const machine = await machineOf(`(module
    (memory (export "memory") 2)
    (func $start (i32.store (i32.const 0) (i32.const 7)))
    (start $start))`);
  const { memory } = instantiate(machine);
  const { buffer } = memory as WebAssembly.Memory;
  strictEqual(new Int32Array(buffer)[0], 7);
  strictEqual(machine.memoryBytes, 2 * 65_536);
});

Deno.test("Machine gives back what it took", async () => {
  const ceilings = new Ceilings();
  const machine = await machineOf("(module (memory 2))", { ceilings });
  const before = ceilings.taken;
  instantiate(machine);
  strictEqual(ceilings.taken.bytes - before.bytes, 2 * 65_536);
  machine.release();
  machine.release();
  strictEqual(ceilings.taken.bytes, before.bytes);
});

const REFUSALS: readonly (readonly [
  what: string,
  parts: Partial<MachineParts>,
])[] = [
  ["there is no more memory", {
    ceilings: new Ceilings({
      ...Ceilings.seed(),
      max: { maps: 100, bytes: 0 },
    }),
  }],
  ["its memories are too large together", { overrun: () => 1 }],
];

for (const [what, parts] of REFUSALS) {
  Deno.test(`Machine makes no instance when ${what}`, async () => {
    const machine = await machineOf("(module (memory 1))", parts);
    throws(() => instantiate(machine), Exceeded);
  });
}

Deno.test(`Machine makes no more than ${CORE_INSTANCES_MAX} instances`, async () => {
  const machine = await machineOf("(module)");
  for (let nth = 0; nth < CORE_INSTANCES_MAX; nth++) instantiate(machine);
  throws(() => instantiate(machine), Exceeded);
});

Deno.test("Machine lets a check end what spins", async () => {
  let checks = 0;
  const epoch = new Epoch();
  const machine = await machineOf(
    '(module (func (export "spin") (loop (br 0))))',
    { epoch: epoch.memory, overrun: () => Number(checks++ > 0) },
  );
  const { spin } = instantiate(machine);
  epoch.tick();
  throws(() => (spin as () => void)(), WebAssembly.RuntimeError);
});

/** What glue does with `WebAssembly`. */
interface GlueWebAssembly {
  promising(guest: unknown): () => Promise<unknown>;
  readonly Suspending: new (host: () => unknown) => WebAssembly.ImportValue;
  readonly Module: new (bytes: Uint8Array) => WebAssembly.Module;
}

Deno.test(`Machine parks no more than ${FIBERS_MAX} fibers`, async () => {
  const machine = await machineOf(`(module
    (import "" "wait" (func $wait))
    (func (export "go") (call $wait)))`);
  const glue = machine.scope.WebAssembly as unknown as GlueWebAssembly;
  const gate = Promise.withResolvers<void>();
  const wait = new glue.Suspending(() => gate.promise);
  const { go } = instantiate(machine, { "": { wait } });
  const call = glue.promising(go);
  const calls = Array.from({ length: FIBERS_MAX }, call);
  await rejects(call(), Exceeded);
  gate.resolve();
  await Promise.all(calls);
  await call();
});

Deno.test("Machine lets glue compile its own small modules alone", async () => {
  const machine = await machineOf("(module)");
  const { Module } = machine.scope.WebAssembly as unknown as GlueWebAssembly;
  const small = await assemble("(module)");
  strictEqual(new Module(small) instanceof WebAssembly.Module, true);
  const large = await assemble(
    `(module (memory 1) (data (i32.const 0) "${
      "a".repeat(HELPER_BYTES_MAX)
    }"))`,
  );
  throws(() => new Module(large), TypeError);
});

Deno.test("Machine checks what glue copies out of memory, once an epoch", async () => {
  const epoch = new Epoch();
  let checks = 0;
  const machine = await machineOf("(module)", {
    epoch: epoch.memory,
    overrun: () => Number(++checks > 2),
  });
  const { DataView, Uint8Array, check } = machine.scope;
  const buffer = new ArrayBuffer(4);
  epoch.tick();
  strictEqual(new Uint8Array(buffer) instanceof Uint8Array, true);
  strictEqual(new DataView(buffer).byteLength, 4);
  check();
  strictEqual(checks, 1);
  epoch.tick();
  check();
  strictEqual(checks, 2);
  epoch.tick();
  throws(() => new DataView(buffer), Exceeded);
});

Deno.test("toldOf() says of each function that is imported that it is not told", async () => {
  const bytes = await assemble(`(module
    (import "a" "b" (func)) (import "a" "c" (memory 1)) (import "a" "d" (func)))`);
  deepStrictEqual(toldOf(bytes), [false, false]);
});

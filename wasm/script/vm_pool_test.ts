import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";

import { PAGE_BYTES } from "../instrument/memory_cap.ts";
import { IDLE_INSTANCES_MAX } from "../limits.ts";
import { LocalComponent, NOBODY, ROOMY, TIGHT } from "../testdata/local.ts";
import type { Image } from "./image.ts";
import type { Vm } from "./vm.ts";

/** How a process of the component comes to its end. */
type End =
  | "by itself"
  | "at its CPU limit"
  | "killed while it computes"
  | "killed while it waits";

// deno-fmt-ignore
const PROCESSES: [name: string, bundle: string, end: End][] = [
  ["globals", "exports.default = () => { globalThis.a = 1; b = [2]; var c = 'c'; }", "by itself"],
  ["closures", "let n = 0; const all = []; exports.default = () => { n++; all.push(() => n); }", "by itself"],
  ["timers left behind", "exports.default = () => { setTimeout(() => {}, 1e6); setInterval(() => {}, 1e6); }", "by itself"],
  ["patched prototypes", "exports.default = () => { Array.prototype.push = () => 0; String.prototype.split = null; Promise.prototype.then = 1; }", "by itself"],
  ["a polluted Object.prototype", "exports.default = () => { Object.prototype.x = 1; Object.freeze(Object.prototype); }", "by itself"],
  ["deleted globals", "exports.default = () => { for (const name of Object.getOwnPropertyNames(globalThis)) delete globalThis[name]; }", "by itself"],
  ["garbage in cycles", "exports.default = () => { for (let i = 0; i < 500; i++) { const o = {}; o.o = o; } }", "by itself"],
  ["symbols and weak references", "exports.default = () => { Symbol.for('x'); globalThis.r = new WeakRef({}); new FinalizationRegistry(() => {}).register({}, 1); }", "by itself"],
  ["a thrown error", "exports.default = () => { throw new TypeError('no'); }", "by itself"],
  ["promises that wait", "exports.default = () => { globalThis.p = new Promise(() => {}).then(() => 1); return p; }", "by itself"],
  ["unhandled rejections", "exports.default = () => { for (let i = 0; i < 9; i++) Promise.reject(i); }", "by itself"],
  ["too deep a recursion", "exports.default = () => { (function f() { f(); })(); }", "by itself"],
  ["too deep a nesting in native code", "exports.default = () => { eval('('.repeat(1e5)); }", "by itself"],
  ["a comparison that sorts", "exports.default = () => { (function f() { [1, 2].sort(f); })(); }", "by itself"],
  ["a getter that gets itself", "exports.default = () => ({ get a() { return this.a; } }).a", "by itself"],
  ["a pattern of many groups", "exports.default = () => { new RegExp('(?='.repeat(1e5)); }", "by itself"],
  ["digits of small numbers", "exports.default = () => { (5e-324).toPrecision(100) + (1e21).toFixed(100) + (2n ** 9_999n); }", "by itself"],
  ["too much CPU time", "exports.default = () => { for (;;) globalThis.n = (globalThis.n ?? 0) + 1; }", "at its CPU limit"],
  ["an endless loop", "exports.default = () => { console.log('ready'); for (;;) globalThis.n = [globalThis.n?.length]; }", "killed while it computes"],
  ["a receive", "exports.default = () => { console.log('ready'); Process.receive(); }", "killed while it waits"],
  ["a receive with a time", "exports.default = () => { console.log('ready'); Process.receive(1e6); }", "killed while it waits"],
  ["a timer", "exports.default = () => { console.log('ready'); return new Promise((r) => setTimeout(r, 1e6)); }", "killed while it waits"],
];

for (const [name, bundle, end] of PROCESSES) {
  Deno.test(`VmPool gives the image to the last byte after ${name}, ${end}`, async () => {
    const capability = end === "at its CPU limit" ? TIGHT : ROOMY;
    const component = await LocalComponent.bake(bundle, capability);
    await isAsImage(component);
    const recycled = component.pool.take(NOBODY);
    component.pool.give(recycled);
    await endProcess(component, end);
    strictEqual(await isAsImage(component), recycled);
    await endProcess(component, end);
    strictEqual(await isAsImage(component), recycled);
  });
}

async function endProcess(component: LocalComponent, end: End): Promise<void> {
  if (!end.startsWith("killed")) return void await component.run();
  const count = component.logs.length;
  const process = component.spawn();
  // A guest that has logged runs, and lets others run at its next slice.
  while (component.logs.length === count) await turn();
  strictEqual(process.kill(), true);
  strictEqual(await process.join(), "killed");
  await component.pool.allBack();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Takes an instance, insists that it is the image, and gives it back. */
function isAsImage({ pool, image }: LocalComponent): Vm {
  const vm = pool.take(NOBODY);
  insistSame(new Uint8Array(vm.memory.buffer), memoryOf(image));
  strictEqual(vm.stackPointer, image.stackPointer);
  strictEqual(vm.isJobPending, false);
  pool.give(vm);
  return vm;
}

function memoryOf({ pages, parts }: Image): Uint8Array {
  const memory = new Uint8Array(pages * PAGE_BYTES);
  for (const { at, bytes } of parts) memory.set(bytes, at);
  return memory;
}

// Says where they differ; a deep comparison of megabytes would not.
function insistSame(memory: Uint8Array, expected: Uint8Array): void {
  strictEqual(memory.length, expected.length);
  const at = memory.findIndex((byte, index) => byte !== expected[index]);
  strictEqual(at, -1, `differs from byte ${at} on`);
}

Deno.test("VmPool gives a new instance for one whose memory has grown", async () => {
  const component = await LocalComponent.bake(
    "exports.default = () => { globalThis.kept = new Uint8Array(3e6).fill(7); }",
  );
  const small = isAsImage(component);
  strictEqual(await component.run(), "normal");
  strictEqual(component.pool.idleCount, 0);
  ok(small.memory.buffer.byteLength > component.image.pages * PAGE_BYTES);
  notStrictEqual(isAsImage(component), small);
});

Deno.test("VmPool never shows one process what another has counted", async () => {
  const component = await LocalComponent.bake(`
    let inModule = 0;
    exports.default = () => {
      globalThis.global = (globalThis.global ?? 0) + 1;
      console.log(inModule += 1, global, Object.keys(globalThis).length);
    };`);
  for (let count = 0; count < 1_000; count++) await component.run();
  strictEqual(component.logs.length, 1_000);
  strictEqual(new Set(component.lines).size, 1);
  ok(component.lines[0]!.startsWith("1 1 "), component.lines[0]);
});

Deno.test("VmPool leaves nothing of a process's secret for the next one", async () => {
  const component = await LocalComponent.bake(`
    exports.default = () => {
      const secret = Process.receiveText();
      globalThis.kept = [secret, secret + "é€", Process, { [secret]: 1 }];
      globalThis.bytes = new TextEncoder().encode(secret + secret);
      setTimeout(() => secret, 1e6);
      throw new Error(secret);
    };`);
  const secret = `secret-${crypto.randomUUID()}`;
  const found: number[] = [];
  component.pool.beforeGive = (vm) => found.push(countOf(vm, secret));
  const process = component.spawn();
  component.runtime.send(process.pid, secret);
  await process.join();
  await component.pool.allBack();
  const next = component.pool.take(NOBODY);
  // The search finds what is there, and then nothing is.
  ok(found[0]! >= 3, `found ${found[0]} before it was put back`);
  strictEqual(countOf(next, secret), 0);
  strictEqual(countOf(next, secret.slice(8, 20)), 0);
});

/** How often `text` stands in the memory, as one or as two bytes a letter. */
function countOf(vm: Vm, text: string): number {
  const memory = new Uint8Array(vm.memory.buffer);
  const latin1 = new TextDecoder("latin1").decode(memory);
  const wide = [...text].join("\0");
  return latin1.split(text).length + latin1.split(wide).length - 2;
}

Deno.test("VmPool keeps no more idle instances than it may", async () => {
  const { pool } = await LocalComponent.bake("");
  const taken = Array.from(
    { length: IDLE_INSTANCES_MAX + 1 },
    () => pool.take(NOBODY),
  );
  strictEqual(new Set(taken).size, taken.length);
  for (const vm of taken) pool.give(vm);
  strictEqual(pool.idleCount, IDLE_INSTANCES_MAX);
});

Deno.test("VmPool blames no process for what another has rejected", async () => {
  const component = await LocalComponent.bake(`
    exports.default = () => {
      if (Process.receiveText() === "reject") Promise.reject(new Error("mine"));
    };`);
  const ends: string[] = [];
  for (const message of ["reject", "", "reject", ""]) {
    const process = component.spawn();
    component.runtime.send(process.pid, message);
    const reason = await process.join();
    ends.push(typeof reason === "string" ? reason : reason.type);
    await component.pool.allBack();
  }
  deepStrictEqual(ends, ["crashed", "normal", "crashed", "normal"]);
});

// deno-fmt-ignore
const RANDOM: [name: string, bundle: string][] = [
  ["Math.random()", "exports.default = () => console.log(Math.random())"],
  ["Math.random(), which the component called as well", "Math.random(); exports.default = () => console.log(Math.random())"],
  ["crypto.randomUUID()", "crypto.randomUUID(); exports.default = () => console.log(crypto.randomUUID())"],
  ["crypto.getRandomValues()", "exports.default = () => console.log(crypto.getRandomValues(new Uint32Array(4)).join())"],
];

for (const [name, bundle] of RANDOM) {
  Deno.test(`VmPool gives every process its own ${name}`, async () => {
    const component = await LocalComponent.bake(bundle);
    for (let count = 0; count < 20; count++) await component.run();
    strictEqual(new Set(component.lines).size, 20);
  });
}

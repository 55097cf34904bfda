import { checkRule, type Row } from "./check_rule.ts";

const machine = "Cannot reach for the machine in otp:";
const seam = "Cannot take time, entropy or macrotasks past the Host:";
const handedOn = "Cannot hand on a global whose members are watched:";

// deno-fmt-ignore
const MACHINE: readonly [text: string, name: string][] = [
  ["Deno.exit();", "Deno"],
  ["new WebAssembly.Module(bytes);", "WebAssembly"],
  ["process.nextTick(f);", "process"],
  ["Buffer.from('');", "Buffer"],
  ["require('node:fs');", "require"],
  ["await fetch(url);", "fetch"],
  ["new Worker(url);", "Worker"],
  ["let a: Deno.Conn;", "Deno"],
  ["let a: typeof Deno.args;", "Deno"],
  ["let a: Buffer;", "Buffer"],
  ["type A<T> = T extends Deno.Conn ? 1 : 2;", "Deno"],
  ["interface A extends Deno.Conn {}", "Deno"],
  ["class A implements Deno.Conn {}", "Deno"],
  ["f<Deno.Conn>(a satisfies Deno.Conn);", "Deno,Deno"],
  ["globalThis.Deno.exit();", "Deno"],
  ["globalThis['process'].exit();", "process"],
  ["globalThis[`Deno`];", "Deno"],
  ["globalThis?.Deno;", "Deno"],
  ["(globalThis as unknown as A).Deno;", "Deno"],
  ["globalThis!.Deno;", "Deno"],
  ["globalThis.globalThis.Deno;", "Deno"],
  ["let a: typeof globalThis.Deno;", "Deno"],
  ["let a: (typeof globalThis)['Deno'];", "Deno"],
  ["const { Deno: a } = globalThis;", "Deno"],
  ["const { a, 'process': b } = globalThis as A;", "process"],
  ["const a = { Buffer };", "Buffer"],
  ["typeof Deno;", "Deno"],
  ["class A { static { Deno.exit(); } }", "Deno"],
  ["function f(a = Deno) {} const [b = Deno] = [];", "Deno,Deno"],
  ["`${Deno}`;", "Deno"],
  ["Deno = 1;", "Deno"],
  ["self.a;", "self"],
  ["window.a;", "window"],
  ["export { process };", "process"],
  // A declaration without a value, a type, or one in another scope, is no local name.
  ["declare const Deno: A; Deno.exit();", "Deno"],
  ["declare function require(a: string): A; require('a');", "require"],
  ["declare class Buffer {} new Buffer();", "Buffer"],
  ["const é = '😀'; declare class Buffer {} new Buffer();", "Buffer"],
  ["declare namespace Deno { type A = 1 } let a: Deno.A;", "Deno"],
  ["declare global { var process: A; } process.exit();", "process"],
  ["interface Deno {} Deno.exit();", "Deno"],
  ["const Deno = 1; let a: Deno.Conn;", "Deno"],
  ["function f(process: A) {} process.exit();", "process"],
  ["{ const process = 1; } process.exit();", "process"],
  ["try {} catch (process) {} process.exit();", "process"],
];

// deno-fmt-ignore
const SEAM: readonly [text: string, name: string][] = [
  ["Date.now();", "Date.now"],
  ["Date['now']();", "Date.now"],
  ["const { now } = Date;", "Date.now"],
  ["const f = Date.now;", "Date.now"],
  ["globalThis.Date.now();", "Date.now"],
  ["let a: typeof Date.now;", "Date.now"],
  ["new Date();", "new Date()"],
  ["new Date;", "new Date()"],
  ["new globalThis.Date();", "new Date()"],
  ["Math.random();", "Math.random"],
  ["const { max, random } = Math;", "Math.random"],
  ["globalThis['Math']['random']();", "Math.random"],
  ["performance.now();", "performance"],
  ["crypto.randomUUID();", "crypto"],
  ["setTimeout(f, 0);", "setTimeout"],
  ["const wait = setInterval;", "setInterval"],
  ["setImmediate(f);", "setImmediate"],
  ["queueMicrotask(f);", "queueMicrotask"],
  ["const { port1 } = new MessageChannel();", "MessageChannel"],
  ["let a: MessageChannel;", "MessageChannel"],
  ["let a: ReturnType<typeof setTimeout>;", "setTimeout"],
  ["Temporal.Now.instant();", "Temporal"],
  ["globalThis.setTimeout(f, 0);", "setTimeout"],
  ["const { setTimeout } = globalThis;", "setTimeout"],
];

const HANDED_ON: readonly [text: string, name: string][] = [
  ["const a = Date;", "Date"],
  ["Date();", "Date"],
  ["class A extends Date {}", "Date"],
  ["const { Date: a } = globalThis;", "Date"],
  ["f(Math);", "Math"],
  ["Math[name]();", "Math"],
  ["const { [name]: a } = Math;", "Math"],
  ["const { ...a } = Math;", "Math"],
  ["const a = globalThis;", "globalThis"],
  ["globalThis[name];", "globalThis"],
  ["Reflect.get(globalThis, 'Deno');", "globalThis"],
  ["'Deno' in globalThis;", "globalThis"],
  ["let a: (typeof globalThis)[A];", "globalThis"],
];

// deno-fmt-ignore
const ALLOWED: readonly string[] = [
  // Property names, labels, and text.
  "a.process; a?.Deno; a['Deno']; this.setTimeout; a.Date.now();",
  "const a = { Deno: 1, crypto() {}, get process() { return 1; } }; const { Deno: b } = a;",
  "class A { process = 1; #crypto = 2; require() {} declare Buffer: 1; }",
  "interface A { Deno: 1; setTimeout(): void; }",
  "enum A { process = 1 } A.process;",
  "/** Deno, process and setTimeout. */ const a = 'Deno'; // Date.now()",
  "Deno: for (;;) break Deno;",
  "export { a as Deno }; const a = 1;",
  "import { Deno as a } from './a.ts'; a;",
  "type A = import('./a.ts').Deno;",
  // Local names.
  "import { process } from './a.ts'; process.run();",
  "import type { Buffer } from './a.ts'; let a: Buffer;",
  "import * as crypto from './a.ts'; let a: crypto.Key = crypto.key;",
  "function f(process: A) { return process.pid; }",
  "const f = (setTimeout: A) => setTimeout(1); const g = ({ process }: A) => process;",
  "const { setTimeout } = host; setTimeout(f, 0);",
  "function require() {} require();",
  "class Worker {} new Worker(); let a: Worker;",
  "type A<Buffer> = { [process in keyof Buffer]: Buffer[process] };",
  "type A<T> = T extends infer Deno ? Deno : never;",
  "namespace Deno { export type A = 1; } let a: Deno.A;",
  "for (const process of []) process; try {} catch (crypto) { crypto; }",
  "(function setTimeout() { setTimeout(); });",
  "function f() { process(); function process() {} }",
  "class A { static { const process = 1; process; } }",
  // Pure members of what is watched.
  "new Date(0); new Date(...a); a instanceof Date; Date.UTC(0); let a: Date;",
  "Math.max(1, Math['min'](2)); const { floor } = Math; let a: typeof Math;",
  "globalThis.Array; globalThis.Date.UTC(0); let a: typeof globalThis;",
  "clearTimeout(a); structuredClone(a); Promise.resolve(); new Map();",
];

checkRule("otp-globals", [
  ...MACHINE.map(([text, name]): Row => [
    "otp/a.ts",
    text,
    ...name.split(",").map((each) => `${machine} ${each}`),
  ]),
  ...SEAM.map(([text, name]): Row => ["otp/a.ts", text, `${seam} ${name}`]),
  ...HANDED_ON.map(([text, name]): Row => [
    "otp/a.ts",
    text,
    `${handedOn} ${name}`,
  ]),
  ...ALLOWED.map((text): Row => ["otp/a.ts", text]),

  // The seam takes time and entropy from the machine, and nothing else.
  ...SEAM.map(([text]): Row => ["otp/host.ts", text]),
  ["otp/host.ts", "const { setImmediate } = globalThis as A;"],
  ["otp/host.ts", "Deno.exit();", `${machine} Deno`],
  ["otp/host.ts", "globalThis.WebAssembly;", `${machine} WebAssembly`],
  ["otp/host.ts", "const a = globalThis;", `${handedOn} globalThis`],
  ["otp/sub/host.ts", "setTimeout(f);", `${seam} setTimeout`],

  // Tests and other members are free.
  ["otp/a_test.ts", "Deno.test(f); setTimeout(f); process.exit();"],
  ["wasm/a.ts", "Deno.exit(); new WebAssembly.Module(bytes); Date.now();"],
  ["tests/otp/a.ts", "Deno.exit();"],
]);

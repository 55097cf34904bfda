import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { ExitReason } from "@rusm/otp";

import type { Capability } from "../capability.ts";
import { LOG_BYTES_MAX, MEBIBYTE, OPERATIONS_MAX } from "../limits.ts";
import { LocalComponent, ROOMY, TIGHT } from "../testdata/local.ts";

const CPU: ExitReason = {
  type: "limit",
  limit: "cpu",
  message: "Used more than 60 ms of CPU time without waiting",
};

const MEMORY: ExitReason = {
  type: "limit",
  limit: "memory",
  message: `Used more than ${8 * MEBIBYTE} bytes of memory`,
};

function main(
  code: string,
  capability?: Capability,
): Promise<LocalComponent> {
  return LocalComponent.bake(`exports.default = ${code}`, capability);
}

// deno-fmt-ignore
const LOOPS: [name: string, code: string][] = [
  ["a loop", "() => { for (;;); }"],
  ["a loop that catches everything", "() => { for (;;) { try { for (;;); } catch {} } }"],
  ["a loop in finally", "() => { try { throw 1; } finally { for (;;); } }"],
  ["a loop of throws", "() => { for (;;) { try { throw new Error('x'); } catch {} } }"],
  ["a loop in a promise job", "async () => { await 0; for (;;); }"],
  ["jobs that make jobs", "() => { const f = () => { Promise.resolve().then(f); }; f(); return new Promise(() => {}); }"],
  ["a getter", "() => { ({ get x() { for (;;); } }).x; }"],
  ["toString()", "() => { `${{ toString() { for (;;); } }}`; }"],
  ["a proxy's trap", "() => { new Proxy({}, { get() { for (;;); } }).x; }"],
  ["toJSON()", "() => { JSON.stringify({ toJSON() { for (;;); } }); }"],
  ["a reviver", "() => { JSON.parse('[1]', () => { for (;;); }); }"],
  ["a sort's comparator", "() => { [1, 2, 3].sort(() => { for (;;); }); }"],
  ["a generator's finally", "() => { function* g() { try { yield 1; } finally { for (;;); } } for (const x of g()) break; }"],
  ["a pattern with catastrophic backtracking", "() => { /^(a+)+$/.test('a'.repeat(40) + 'b'); }"],
  ["another one", "() => { /^(\\w+\\s?)*$/.test('aaaa '.repeat(12) + '!'); }"],
  ["a native loop over a length that is false", "() => { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); }"],
  ["long native steps", "() => { const text = 'x'.repeat(3e5); for (;;) text.indexOf('z'); }"],
  ["long calls of the host", "() => { const bytes = new Uint8Array(1e6), decoder = new TextDecoder('shift_jis'); for (;;) decoder.decode(bytes); }"],
  ["an iterator without an end", "() => { new Set().union({ size: 1, has() {}, keys: () => ({ next: () => ({ done: false }) }) }); }"],
  ["the message of what it throws", "() => { throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } }); }"],
  ["the stack of what it throws", "() => { throw Object.defineProperty(new Error(), 'stack', { get() { for (;;); } }); }"],
  ["the name of what it rejects with", "() => { Promise.reject({ get name() { for (;;); } }); return new Promise(() => {}); }"],
  ["a look into its mailbox, over and over", "() => { for (;;) Process.receive(0); }"],
  ["an override of what the prelude calls", "() => { Promise.prototype.then = () => { for (;;); }; return { then() { for (;;); } }; }"],
];

for (const [name, code] of LOOPS) {
  Deno.test(`ScriptProcess ends at its CPU limit: ${name}`, async () => {
    deepStrictEqual(await (await main(code, TIGHT)).run(), CPU);
  });
}

Deno.test("ScriptProcess ends at its CPU limit at a component's function too", async () => {
  const component = await LocalComponent.bake(
    "exports.default = { fetch() { for (;;); } }",
    TIGHT,
  );
  deepStrictEqual(await component.ask(), CPU);
});

Deno.test("ScriptProcess has its whole CPU budget again after a wait", async () => {
  const component = await main(
    `async () => {
    const spin = () => { const end = performance.now() + 100; while (performance.now() < end); };
    for (let i = 0; i < 2; i++) {
      spin();
      await new Promise((resolve) => setTimeout(resolve, 1));
      spin();
      Process.receive(1);
    }
  }`,
    { ...TIGHT, cpuMsMax: 250 },
  );
  strictEqual(await component.run(), "normal");
});

// deno-fmt-ignore
const HOARDS: [name: string, code: string][] = [
  ["arrays", "() => { const a = []; for (;;) a.push(new Array(1000).fill(0)); }"],
  ["strings", "() => { let s = 'x'; for (;;) s = (s + s).split('').join(''); }"],
  ["buffers", "() => { const a = []; for (;;) a.push(new ArrayBuffer(1e6)); }"],
  ["one large buffer", "() => { new ArrayBuffer(1e9); }"],
  ["a map", "() => { const m = new Map(); for (let i = 0;; i++) m.set(i, { i }); }"],
  ["closures", "() => { let f = () => 0; for (;;) { const g = f; f = () => g; } }"],
  ["across jobs", "async () => { const a = []; for (;;) { for (let i = 0; i < 1000; i++) a.push({}); await 0; } }"],
  ["across timers", "async () => { const a = []; for (;;) { for (let i = 0; i < 5000; i++) a.push({}); await new Promise((r) => setTimeout(r, 0)); } }"],
  ["what the host makes for it", "() => { const a = [], s = 'x'.repeat(1e6); for (;;) a.push(new TextEncoder().encode(s)); }"],
];

for (const [name, code] of HOARDS) {
  Deno.test(`ScriptProcess ends at its memory limit: ${name}`, async () => {
    deepStrictEqual(await (await main(code)).run(), MEMORY);
  });
}

// deno-fmt-ignore
const CATCHERS: [name: string, code: string, reason: ExitReason][] = [
  ["goes on for ever", "() => { const a = []; for (;;) { try { for (;;) a.push(new ArrayBuffer(1000)); } catch {} } }", CPU],
  ["goes on for ever at the host", "() => { const a = []; try { for (;;) a.push({}); } catch { for (;;) Process.self(); } }", CPU],
  ["lets it go", "() => { try { const a = []; for (;;) a.push(new ArrayBuffer(1e5)); } catch {} }", "normal"],
];

for (const [name, code, reason] of CATCHERS) {
  Deno.test(`ScriptProcess that catches its lack of memory and ${name} ends`, async () => {
    const capability = reason === CPU ? TIGHT : undefined;
    deepStrictEqual(await (await main(code, capability)).run(), reason);
  });
}

Deno.test("ScriptProcess at its memory limit leaves nothing that cannot be collected", async () => {
  const script = new URL("../testdata/collected.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script.href],
  }).output();
  // The last one may still be on the stack.
  const [, kept] = /^(\d+) of 50\n$/.exec(new TextDecoder().decode(stdout))!;
  ok(Number(kept) <= 2, kept);
});

Deno.test("ScriptProcess lets the guest catch too deep a recursion", async () => {
  const component = await main(`() => {
    let depth = 0;
    try { (function f() { depth++; f(); })(); } catch (error) {
      console.log(error instanceof RangeError, depth > 100);
    }
  }`);
  strictEqual(await component.run(), "normal");
  deepStrictEqual(component.lines, ["true true"]);
});

Deno.test("ScriptProcess crashes without host frames when native code nests too deep", async () => {
  const component = await main("() => { eval('['.repeat(1e5)); }");
  deepStrictEqual(await component.run(), {
    type: "crashed",
    name: "RangeError",
    message: "Maximum call stack size exceeded",
    stack: "",
  });
});

Deno.test("ScriptProcess cuts a flood of log entries, and says so once", async () => {
  const component = await main(
    "() => { for (let i = 0; i < 1000; i++) console.log('x'.repeat(1000)); }",
  );
  strictEqual(await component.run(), "normal");
  const sum = component.lines.reduce((sum, line) => sum + line.length, 0);
  ok(sum <= LOG_BYTES_MAX + 100, `${sum} bytes`);
  ok(sum > LOG_BYTES_MAX / 2, `${sum} bytes`);
  deepStrictEqual(component.logs.at(-1), [
    1,
    `… cut: more than ${LOG_BYTES_MAX} bytes of log`,
  ]);
  strictEqual(component.lines.filter((line) => line.startsWith("…")).length, 1);
});

Deno.test("ScriptProcess cuts a flood of empty log entries", async () => {
  const component = await main(
    "() => { for (let i = 0; i < 20_000; i++) console.log(); }",
  );
  await component.run();
  ok(component.logs.length < 5_000, `${component.logs.length} entries`);
});

Deno.test("ScriptProcess lets the guest log again after a wait", async () => {
  const component = await main(`() => {
    console.log("x".repeat(1e6));
    Process.receive(1);
    console.log("again");
  }`);
  await component.run();
  strictEqual(component.lines.at(-1), "again");
});

Deno.test("ScriptProcess refuses more timers than it may have, in the guest", async () => {
  const component = await main(`() => {
    let count = 0;
    try { for (;; count++) setTimeout(() => {}, 1e6); } catch (error) {
      console.log(count, error.name, error.message);
    }
  }`);
  await component.run();
  deepStrictEqual(component.lines, [
    `${OPERATIONS_MAX} RangeError Cannot have more than ${OPERATIONS_MAX} operations under way`,
  ]);
});

Deno.test("ScriptProcess counts what the guest has not heard of yet as under way", async () => {
  // Timers that are due while the guest computes; it starts more all the time.
  const component = await main(`() => {
    let started = 0, refused = 0;
    const end = performance.now() + 45;
    while (performance.now() < end) {
      try { setTimeout(() => {}, 0); started++; } catch { refused++; }
    }
    console.log(started, refused > 0);
  }`);
  await component.run();
  deepStrictEqual(component.lines, [`${OPERATIONS_MAX} true`]);
});

// Twenty calls are fewer steps than there are between two questions whether it
// may go on, and take far longer than a slice.
Deno.test("ScriptProcess lets others run between calls that move megabytes", async () => {
  const component = await main(
    `() => {
      const text = "x".repeat(1 << 24);
      for (let i = 0; i < 20; i++) new TextEncoder().encode(text);
    }`,
    { ...ROOMY, memoryBytesMax: 128 * MEBIBYTE },
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  strictEqual(await component.run(), "normal");
  clearInterval(timer);
  ok(turns >= 5, `${turns} turns`);
});

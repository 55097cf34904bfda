import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { promising, suspending } from "../fiber.ts";
import { rewrite } from "../instrument/rewrite.ts";
import { originalOffset } from "../instrument/offset_map.ts";
import {
  body,
  exported,
  moduleOf,
  section,
  sized,
} from "../instrument/testdata/bytes.ts";
import { ownMemories } from "../instrument/testdata/run.ts";
import { assemble } from "../instrument/testdata/text.ts";
import { ERROR_LENGTH_MAX } from "../limits.ts";
import { FRAMES_MAX } from "./frames.ts";
import { NAME_LENGTH_MAX } from "./printable.ts";
import {
  type Bytes,
  type Exports,
  instantiate,
  namesOf,
  rejectionOf,
  thrownBy,
  trapBy,
} from "./testdata/guest.ts";
import { formatTrap, type Trap, trapCrash, trapOf } from "./trap.ts";

const RUNTIME_ERROR = new WebAssembly.RuntimeError("something else");
const HOSTILE = new Proxy(new Error(), {
  getPrototypeOf: () => {
    throw new Error("hostile");
  },
});

Deno.test("trapOf() says unknown, and how V8 says it, of what it does not know", () => {
  deepStrictEqual(trapOf(RUNTIME_ERROR), {
    kind: "unknown",
    message: "something else",
    frames: [],
    isCut: false,
  });
  const crash = trapCrash(trapOf(RUNTIME_ERROR)!, "module.wasm");
  strictEqual(crash.message, "something else");
});

for (
  const [what, thrown] of [
    ["an error", new TypeError("no")],
    ["a range error", new RangeError("no")],
    ["a string", "unreachable"],
    ["nothing", undefined],
    ["a hostile object", HOSTILE],
    ["what only looks like a trap", { name: "RuntimeError" }],
  ] as const
) {
  Deno.test(`trapOf() is undefined for ${what}`, () => {
    strictEqual(trapOf(thrown), undefined);
  });
}

Deno.test("trapOf() is undefined when the host recurses without end", () => {
  function recurse(): number {
    return 1 + recurse();
  }
  strictEqual(trapOf(thrownBy(recurse)), undefined);
});

const PATHS = `(module
  (import "env" "host" (func $host)) (import "env" "wait" (func $wait))
  (table funcref (elem $fault))
  (func $fault unreachable)
  (func $direct (export "direct") (call $fault) (call $fault))
  (func $indirect (export "indirect") (call_indirect (i32.const 0)))
  (func $tail (export "tail") (return_call $fault))
  (func $calls_tail (export "calls_tail") (call $tail) (call $tail))
  (func $outer (export "outer") (call $host) (call $host))
  (func $waits (export "waits") (call $wait) (call $fault)))`;

// deno-fmt-ignore
const FRAMES: readonly (readonly [string, string[]])[] = [
  ["direct",     ["fault", "direct"]],
  ["indirect",   ["fault", "indirect"]],
  ["tail",       ["fault"]],
  ["calls_tail", ["fault", "calls_tail"]],
  ["outer",      ["fault", "direct", "[host]", "outer"]],
];

async function paths(wait: () => unknown = () => {}): Promise<Exports> {
  const exports: Exports = instantiate(await assemble(PATHS, true), {
    host: () => passOn(() => exports.direct!()),
    wait: suspending(wait),
  });
  return exports;
}

// So that there are two frames of the host.
function passOn(action: () => unknown): unknown {
  return action();
}

for (const [entry, names] of FRAMES) {
  Deno.test(`trapOf() has the frames of ${entry}, in and out of a fiber`, async () => {
    const exports = await paths();
    deepStrictEqual(namesOf(trapBy(exports[entry]!)), names);
    const thrown = await rejectionOf(promising(exports[entry]!)());
    deepStrictEqual(namesOf(trapOf(thrown)), names);
  });
}

Deno.test("trapOf() is undefined when a guest waits outside of a fiber", async () => {
  const exports = await paths(() => Promise.resolve());
  const thrown = thrownBy(exports.waits!);
  strictEqual(String(thrown).includes("SuspendError"), true);
  strictEqual(trapOf(thrown), undefined);
});

Deno.test("trapOf() has all frames of a fiber that was suspended before", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const exports = await paths(() => promise);
  const rejection = rejectionOf(promising(exports.waits!)());
  resolve();
  deepStrictEqual(namesOf(trapOf(await rejection)), ["fault", "waits"]);
});

Deno.test("trapOf() shows the host on top when it exhausts the guest's stack", async () => {
  const module = await assemble(
    `(module (import "env" "host" (func $host)) (func $run (call $host) (call $host)) (export "run" (func $run)))`,
    true,
  );
  const exports: Exports = instantiate(module, { host: () => exports.run!() });
  const trap = trapBy(exports.run!);
  strictEqual(trap.kind, "call stack exhausted");
  deepStrictEqual(new Set(namesOf(trap)), new Set(["run", "[host]"]));
});

Deno.test("trapOf() keeps as many frames as V8 did, and says that there were more", async () => {
  const { run } = instantiate(
    await assemble(
      `(module (func $run (call $run) (call $run)) (export "run" (func $run)))`,
      true,
    ),
  );
  const { stackTraceLimit } = Error;
  try {
    for (const limit of [10, FRAMES_MAX]) {
      Error.stackTraceLimit = limit;
      const { frames, isCut } = trapBy(run!);
      deepStrictEqual([frames.length, isCut], [limit, true]);
    }
    Error.stackTraceLimit = 0;
    const { kind, isCut } = trapBy((await paths()).direct!);
    deepStrictEqual([kind, isCut], ["unreachable", false]);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
});

Deno.test("trapOf() gives the offsets at which disassemblers print the instructions", async () => {
  const module = await assemble(PATHS, true);
  const { direct } = instantiate(module, { host: () => {}, wait: () => {} });
  const { frames } = trapBy(direct!);
  const bytes = frames.map((frame) =>
    frame.type === "guest" ? module[frame.offset] : undefined
  );
  const [UNREACHABLE, CALL] = [0x00, 0x10];
  deepStrictEqual(bytes, [UNREACHABLE, CALL]);
});

Deno.test("trapOf() has indices and offsets of the module as it was written", async () => {
  const module = await assemble(PATHS, true);
  const host = () => {};
  const plain = trapBy(instantiate(module, { host, wait: host }).direct!);
  const rewritten = rewrite(module, {
    memoryBytesMax: 65_536,
    tableEntriesMax: 10,
    straightBytesMax: 0,
  });
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  const run = new WebAssembly.Instance(
    new WebAssembly.Module(rewritten.bytes),
    {
      env: { host, wait: host },
      $rusm: { epoch, overrun: () => 1, ...ownMemories(rewritten) },
    },
  ).exports as unknown as Exports;
  const source = {
    originalOffset: (offset: number) =>
      originalOffset(rewritten.offsets, offset),
    overrunIndex: rewritten.overrunIndex,
  };
  deepStrictEqual(trapBy(run.direct!, source), plain);
  ok(trapBy(run.direct!).frames[0]!.type === "guest");
  // The epoch moves on, and `overrun` ends the guest: in a function that was added.
  new Int32Array(epoch.buffer)[0] = 1;
  deepStrictEqual(namesOf(trapBy(run.direct!, source)), ["direct"]);
  strictEqual(trapBy(run.direct!).frames.length, 2);
});

Deno.test("trapOf() asks for names by the index, and falls back on V8's", async () => {
  const { direct } = await paths();
  const functionName = (index: number) => index === 2 ? "known\n" : undefined;
  const trap = trapBy(direct!, { functionName });
  deepStrictEqual(namesOf(trap), ["known\ufffd", "direct"]);
});

Deno.test("trapOf() leaves text in stacks, its own and those of others", async () => {
  const { outer } = await paths();
  const thrown = thrownBy(outer!) as Error;
  const { prepareStackTrace } = Error;
  trapOf(thrown);
  strictEqual(Error.prepareStackTrace, prepareStackTrace);
  match(
    thrown.stack!,
    /^RuntimeError: unreachable\n {4}at fault \(wasm-function\[2\]:0x[0-9a-f]+\)\n/,
  );
  match(thrown.stack!, /\n {4}at passOn \(.*trap_test\.ts:\d+:\d+\)\n/);
  match(new Error("mine").stack!, /^Error: mine\n {4}at /);
});

Deno.test("trapOf() has no frames when the stack was read before", async () => {
  const { direct } = await paths();
  const thrown = thrownBy(direct!) as Error;
  match(thrown.stack!, /fault/);
  const { kind, frames } = trapOf(thrown)!;
  deepStrictEqual([kind, frames], ["unreachable", []]);
});

// `run` calls `fault`, and both have the name given.
function named(name: Uint8Array): Bytes {
  const vector = [...sized([...name])];
  const names = [2, 0, ...vector, 1, ...vector];
  const custom = [...sized("name"), 1, ...sized(names)];
  return moduleOf(
    section(1, [0x60, 0, 0]),
    section(3, [0], [0]),
    section(7, exported("run", 0, 0)),
    section(10, body([0x10, 1]), body([0x00])),
    { id: 0, bytes: Uint8Array.from(custom) },
  );
}

function insistPrintable(trap: Trap): void {
  const { message, stack } = trapCrash(trap, "module.wasm");
  strictEqual(stack!.split("\n").length, 2);
  for (const line of [message, ...stack!.split("\n")]) {
    strictEqual(/[\p{C}\p{Zl}\p{Zp}]/u.test(line), false, line);
    ok(line.length <= 2 * (NAME_LENGTH_MAX + 32));
  }
}

const encoder = new TextEncoder();

Deno.test("trapOf() has the same frames whatever the names are", () => {
  const evil = fc.constantFrom(
    "\n    at x (wasm://wasm/0:wasm-function[7]:0x1)",
    " (wasm://wasm/0:wasm-function[7]:0x1)",
    ...["\u202e", "\x1b[2J", "\r", "\u2028", "\ufeff", "", "[host]", "a b"],
  );
  const part = fc.oneof(fc.string({ unit: "binary" }), evil);
  const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
  fc.assert(fc.property(name, (name) => {
    const { run } = instantiate(named(encoder.encode(name)));
    const trap = trapBy(run!);
    const places = trap.frames.map((frame) =>
      frame.type === "guest" && frame.functionIndex
    );
    deepStrictEqual(places, [1, 0]);
    insistPrintable(trap);
  }));
});

Deno.test("trapOf() cuts names of a megabyte", () => {
  const { run } = instantiate(named(encoder.encode("é".repeat(2 ** 19))));
  const thrown = thrownBy(run!) as Error;
  insistPrintable(trapOf(thrown)!);
  ok(thrown.stack!.length < 4096);
});

Deno.test("trapCrash() is a crash that names functions and places", async () => {
  const exports = await paths();
  const trap = trapBy(exports.outer!);
  const crash = trapCrash(trap, "module.wasm");
  deepStrictEqual({ ...crash, stack: undefined }, {
    type: "crashed",
    name: "Trap",
    message: "unreachable: in fault <- direct <- [host] <- outer",
    stack: undefined,
  });
  match(
    crash.stack!,
    /^ {4}at fault \(module\.wasm:0x[0-9a-f]+\)\n {4}at direct \(module\.wasm:0x[0-9a-f]+\)\n {4}at \[host\]\n {4}at outer \(module\.wasm:0x[0-9a-f]+\)$/,
  );
  deepStrictEqual(structuredClone(crash), crash);
});

function trapIn(
  names: readonly (string | undefined)[],
  isCut: boolean,
): Trap {
  const frames = names.map((name, functionIndex) =>
    ({ type: "guest", functionIndex, name, offset: 10 }) as const
  );
  return { kind: "unreachable", message: "unreachable", frames, isCut };
}

const MANY = Array.from({ length: 9 }, (_, index) => `f${index}`);

// deno-fmt-ignore
const MESSAGES: readonly (readonly [readonly (string | undefined)[], boolean, string])[] = [
  [[],                       false, "unreachable"],
  [["run"],                  false, "unreachable: in run"],
  [[undefined, "run"],       false, "unreachable: in function[0] <- run"],
  [["f", "f", "f", "run"],   false, "unreachable: in f <- run"],
  [["f", "f"],               true,  "unreachable: in f <- …"],
  [MANY.slice(1),            false, `unreachable: in ${MANY.slice(1).join(" <- ")}`],
  [MANY,                     false, `unreachable: in ${MANY.slice(0, 8).join(" <- ")} <- …`],
];

for (const [names, isCut, message] of MESSAGES) {
  Deno.test(`trapCrash() says ${message}`, () => {
    const trap = trapIn(names, isCut);
    strictEqual(trapCrash(trap, "module.wasm").message, message);
  });
}

Deno.test("trapCrash() has a stack of whole lines, no longer than others'", () => {
  const trap = trapIn(Array(FRAMES_MAX).fill("f".repeat(256)), false);
  const stack = trapCrash(trap, "module.wasm").stack!;
  ok(stack.length <= ERROR_LENGTH_MAX);
  ok(stack.endsWith(":0xa)\n    …"));
});

Deno.test("formatTrap() has a line for what and one for each frame", () => {
  strictEqual(
    formatTrap(trapIn(["work", undefined], true), "module.wasm"),
    [
      "Trap: unreachable",
      "    at work (module.wasm:0xa)",
      "    at function[1] (module.wasm:0xa)",
      "    …",
    ].join("\n"),
  );
  strictEqual(
    formatTrap(trapIn([], false), "module.wasm"),
    "Trap: unreachable",
  );
});

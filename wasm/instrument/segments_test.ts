/** Segments that are dropped: plain and rewritten, new and reset. */

import { deepStrictEqual, ok } from "node:assert";
import fc from "fast-check";

import { trapBy } from "../trap/testdata/guest.ts";
import { originalOffset } from "./offset_map.ts";
import { rewrite } from "./rewrite.ts";
import { RESET_EXPORT } from "./reserved.ts";
import { SECTION } from "./sections.ts";
import { body, exported, moduleOf, section, sized } from "./testdata/bytes.ts";
import {
  type Call,
  insistSame,
  ownMemories,
  type RunOptions,
} from "./testdata/run.ts";
import { assemble } from "./testdata/text.ts";

const CAPS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 100 };

// Two passive segments of each kind, an active one, and an empty one.
const MODULE = await assemble(`(module
  (memory 1) (table $t (export "table") 6 funcref)
  (data $a "abcdefgh") (data $b "xyz") (data $active (i32.const 100) "active") (data $empty "")
  (elem $e func $f $g $h) (elem $d funcref (ref.func $g) (ref.null func)) (elem $on (table $t) (i32.const 1) func $h)
  (func $f) (func $g) (func $h)
  ${
  ["a", "b", "active", "empty"].map((name) => `
    (func (export "init ${name}") (param i32 i32 i32) (memory.init $${name} (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop ${name}") (data.drop $${name}))`).join("")
}
  ${
  ["e", "d", "on"].map((name) => `
    (func (export "init ${name}") (param i32 i32 i32) (table.init $t $${name} (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop ${name}") (elem.drop $${name}))`).join("")
}
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "is null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0)))))`);

const DATA = ["a", "b", "active", "empty"];
const ELEMENTS = ["e", "d", "on"];

// Around the ends of segments, memory and table, and where V8 counts otherwise.
const number = fc.oneof(
  { weight: 20, arbitrary: fc.nat(4) },
  fc.constantFrom(65_533, 65_536, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 32 - 1),
);

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.constantFrom(...DATA, ...ELEMENTS), number, number, number)
    .map(([name, ...args]): Call => [`init ${name}`, ...args]),
  fc.constantFrom(...DATA, ...ELEMENTS).map((name): Call => [`drop ${name}`]),
  fc.nat(7).map((index): Call => ["is null", index]),
  fc.nat(7).map((at): Call => ["load", at]),
);

const calls = fc.array(call, { maxLength: 60, size: "max" });

Deno.test("rewrite() keeps what segments do that are dropped, to the words of a trap", () => {
  fc.assert(
    fc.property(calls, (calls) => {
      insistSame(MODULE, { calls });
    }),
    { numRuns: 300 },
  );
});

const I32 = 0x7f;
const FIRST_TWO = [[0x20, 0], [0x20, 1]];
const ALL = [...FIRST_TWO, [0x20, 2]];
const ARRAY_LENGTH = [0xfb, 0x0f];
const NEW_DEFAULT = [0x41, 8, 0xfb, 0x07];

// Types: arrays of bytes and of functions, and three of functions.
const ARRAYS = moduleOf(
  section(
    SECTION.type,
    [0x5e, 0x78, 1],
    [0x5e, 0x70, 1],
    [0x60, 2, I32, I32, 1, I32],
    [0x60, 3, I32, I32, I32, 0],
    [0x60, 0, 0],
  ),
  section(SECTION.function, [2], [2], [3], [3], [4], [4]),
  section(
    SECTION.export,
    ...["new a", "new e", "init a", "init e", "drop a", "drop e"].map((
      name,
      index,
    ) => exported(name, 0, index)),
  ),
  section(SECTION.element, [1, 0, 2, 0, 1]),
  { id: SECTION.dataCount, bytes: Uint8Array.of(1) },
  section(
    SECTION.code,
    body(...FIRST_TWO, [0xfb, 0x09, 0, 0], ARRAY_LENGTH),
    body(...FIRST_TWO, [0xfb, 0x0a, 1, 0], ARRAY_LENGTH),
    body([...NEW_DEFAULT, 0], ...ALL, [0xfb, 0x12, 0, 0]),
    body([...NEW_DEFAULT, 1], ...ALL, [0xfb, 0x13, 1, 0]),
    body([0xfc, 0x09, 0]),
    body([0xfc, 0x0d, 0]),
  ),
  section(SECTION.data, [1, ...sized("abcd")]),
);

const arrayCall: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.constantFrom("a", "e"), number, number)
    .map(([name, ...args]): Call => [`new ${name}`, ...args]),
  fc.tuple(fc.constantFrom("a", "e"), number, number, number)
    .map(([name, ...args]): Call => [`init ${name}`, ...args]),
  fc.constantFrom("a", "e").map((name): Call => [`drop ${name}`]),
);

Deno.test("rewrite() keeps what arrays are made of, of segments that are dropped", () => {
  fc.assert(
    fc.property(
      fc.array(arrayCall, { maxLength: 30, size: "max" }),
      (calls) => {
        insistSame(ARRAYS, { calls });
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("A trap at a segment that is dropped has the offset of its instruction", async () => {
  const bytes = await assemble(`(module (memory 1) (data $d "abc")
    (func (export "run") (data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))))`);
  const { bytes: rewritten, offsets, memories } = rewrite(bytes, CAPS);
  const own = ownMemories({ memories } as Parameters<typeof ownMemories>[0]);
  const epoch = new WebAssembly.Memory({
    ...{ initial: 1, maximum: 1, shared: true },
  });
  const $rusm = { epoch, overrun: () => 0, ...own };
  const module = new WebAssembly.Module(rewritten);
  const { run } = new WebAssembly.Instance(module, { $rusm }).exports;
  const trap = trapBy(run as () => void, {
    originalOffset: (offset) => originalOffset(offsets, offset),
  });
  const [frame] = trap.frames;
  ok(frame?.type === "guest");
  deepStrictEqual([...bytes.subarray(frame.offset, frame.offset + 2)], [
    ...[0xfc, 0x08],
  ]);
});

/** An instance of the rewritten module, and what it does. */
class Life {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;

  constructor() {
    const rewritten = rewrite(MODULE, CAPS);
    ok(rewritten.isRestorable && rewritten.dropsSegments);
    const own = ownMemories(rewritten);
    [this.#memory] = Object.values(own) as [WebAssembly.Memory];
    const epoch = new WebAssembly.Memory({
      ...{ initial: 1, maximum: 1, shared: true },
    });
    const $rusm = { epoch, overrun: () => 0, ...own };
    const module = new WebAssembly.Module(rewritten.bytes);
    this.#exports = new WebAssembly.Instance(module, { $rusm }).exports;
  }

  trace({ calls }: RunOptions): unknown[] {
    const seen = calls.map(([name, ...args]) => {
      try {
        return (this.#exports[name] as (...args: unknown[]) => unknown)(
          ...args,
        );
      } catch (error) {
        return (error as Error).message;
      }
    });
    return [...seen, new Uint8Array(this.#memory.buffer).slice(0, 200)];
  }

  /** Puts back all but the segments, and lets the module do that. */
  restore(): void {
    const fresh = new Life();
    new Uint8Array(this.#memory.buffer).set(
      new Uint8Array(fresh.#memory.buffer),
    );
    const table = this.#exports["table"] as WebAssembly.Table;
    (this.#exports[RESET_EXPORT] as () => void)();
    for (let index = 0; index < table.length; index++) table.set(index, null);
    // What was there at first, of its own functions.
    this.trace({ calls: [["init e", 1, 2, 1]] });
  }
}

Deno.test("What was dropped is there again after a reset", () => {
  fc.assert(
    fc.property(calls, calls, (before, after) => {
      const used = new Life();
      used.trace({ calls: before });
      used.restore();
      deepStrictEqual(
        used.trace({ calls: after }),
        new Life().trace({ calls: after }),
      );
    }),
    { numRuns: 300 },
  );
});

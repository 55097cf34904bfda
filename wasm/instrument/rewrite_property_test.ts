/** Modules made at random: plain and rewritten, whole and mutilated. */

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";

import { NotRewritable } from "./errors.ts";
import { rewrite } from "./rewrite.ts";
import {
  FUEL_STEPS,
  fuelExport,
  type Generated,
  generated,
} from "./testdata/generate.ts";
import { ownMemories } from "./testdata/run.ts";

// More are run by hand: RUNS=100000 deno test -A rewrite_property_test.ts
const RUNS = Number(Deno.env.get("RUNS") ?? 400);

const OPTIONS = { memoryBytesMax: 2 ** 20, tableEntriesMax: 1000 };

Deno.test("rewrite() keeps results, traps, logs, memories and globals of any module", () => {
  let returned = 0;
  let unrolled = 0;
  fc.assert(
    fc.property(
      generated,
      fc.uint8Array({ minLength: 4, maxLength: 8 }),
      (made, seeds) => {
        unrolled += turnsAdded(made.module);
        const plain = observe(made, seeds, undefined);
        returned += plain.returned;
        for (const epoch of [0, 1]) {
          for (const straightBytesMax of [0, 1024]) {
            const checks = { epoch, straightBytesMax };
            deepStrictEqual(observe(made, seeds, checks), plain);
          }
        }
      },
    ),
    { numRuns: RUNS },
  );
  // Else all of them trap or none is unrolled, and nothing is proven.
  ok(returned > RUNS, `${returned}`);
  ok(unrolled > RUNS, `${unrolled}`);
});

// A branch out of a loop and the end of a turn, with the next one.
const TURN_END = [0x0c, 0x02, 0x0b];

function turnsAdded(module: Uint8Array<ArrayBuffer>): number {
  return countOf(rewrite(module, OPTIONS).bytes) - countOf(module);
}

function countOf(bytes: Uint8Array): number {
  return bytes.filter((_, at) =>
    TURN_END.every((byte, nth) => bytes[at + nth] === byte)
  ).length;
}

/** Where checks are, and the epoch that they see. */
interface Checks {
  readonly epoch: number;
  readonly straightBytesMax: number;
}

/** What can be seen of a module; it is rewritten when there are checks. */
function observe(
  { module, signatures }: Generated,
  seeds: Uint8Array,
  checks: Checks | undefined,
): { returned: number; seen: unknown[] } {
  const seen: unknown[] = [];
  let returned = 0;
  const instance = instantiate(module, seen, checks);
  const fuel = instance.exports[fuelExport(new WebAssembly.Module(module))];
  for (const seed of seeds) {
    (fuel as WebAssembly.Global).value = FUEL_STEPS;
    const index = seed % signatures.length;
    const args = signatures[index]!.params
      .map((type, nth) => type === 0x7e ? BigInt(seed + nth) : seed + nth);
    try {
      seen.push((instance.exports[`f${index}`] as CallableFunction)(...args));
      returned++;
    } catch (error) {
      seen.push(String(error));
    }
  }
  for (const [name, value] of Object.entries(instance.exports)) {
    if (name.startsWith("$rusm.")) continue;
    if (value instanceof WebAssembly.Memory) seen.push(digest(value));
    if (value instanceof WebAssembly.Global) seen.push(value.value);
  }
  return { returned, seen };
}

function instantiate(
  module: Uint8Array<ArrayBuffer>,
  seen: unknown[],
  checks: Checks | undefined,
): WebAssembly.Instance {
  const log = (value: number) => seen.push(value) & 7;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
  const env = { log, memory };
  if (checks === undefined) {
    return new WebAssembly.Instance(new WebAssembly.Module(module), { env });
  }
  const { epoch, straightBytesMax } = checks;
  const rewritten = rewrite(module, { ...OPTIONS, straightBytesMax });
  const shared = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  new Int32Array(shared.buffer)[0] = epoch;
  const $rusm = { epoch: shared, overrun: () => 0, ...ownMemories(rewritten) };
  const compiled = new WebAssembly.Module(rewritten.bytes);
  return new WebAssembly.Instance(compiled, { env, $rusm });
}

function digest({ buffer }: WebAssembly.Memory): unknown {
  const words = new Uint32Array(buffer);
  return [
    words.length,
    words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 7),
  ];
}

Deno.test("rewrite() accepts what the engine accepts, gives what it accepts, and refuses the rest", () => {
  let valid = 0;
  const edit = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      generated,
      fc.array(edit, { maxLength: 3 }),
      fc.nat(20),
      ({ module }, edits, cut) => {
        const mutilated = cut === 0
          ? module.slice(0, (edits[0]?.[0] ?? 9) % module.length)
          : module.slice();
        for (const [at, byte] of edits) {
          if (mutilated.length > 8) {
            mutilated[
              8 + at % (mutilated.length - 8)
            ] = byte;
          }
        }
        const isValid = WebAssembly.validate(mutilated);
        if (isValid) valid++;
        const bytes = bytesOrRefusal(mutilated);
        strictEqual(bytes instanceof NotRewritable, !isValid, String(bytes));
        if (bytes instanceof Uint8Array) new WebAssembly.Module(bytes);
      },
    ),
    { numRuns: 3000 },
  );
  ok(valid > 300, `${valid}`);
});

function bytesOrRefusal(
  module: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | NotRewritable {
  try {
    return rewrite(module, {
      memoryBytesMax: 2 ** 32,
      tableEntriesMax: 10_000_000,
    }).bytes;
  } catch (error) {
    ok(error instanceof NotRewritable, String(error));
    ok(error.offset <= module.length, error.message);
    return error;
  }
}

Deno.test("rewrite() gives the same bytes for the same module, and leaves it alone", () => {
  fc.assert(
    fc.property(generated, ({ module }) => {
      const before = module.slice();
      const { bytes } = rewrite(module, OPTIONS);
      deepStrictEqual(rewrite(module, OPTIONS).bytes, bytes);
      deepStrictEqual(module, before);
      strictEqual(bytes.byteLength, bytes.buffer.byteLength);
    }),
    { numRuns: 50 },
  );
});

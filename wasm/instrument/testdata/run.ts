/**
 * Runs a module as it is and rewritten, and insists that nobody could tell.
 *
 * @module
 */

import { deepStrictEqual, ok } from "node:assert";

import { RESET_EXPORT } from "../reserved.ts";
import { rewrite, type Rewritten } from "../rewrite.ts";

/** A call of an export. */
export type Call = readonly [name: string, ...args: unknown[]];

/** Makes what a module imports; told what the module logs. */
export type MakeImports = (
  log: (...values: unknown[]) => void,
) => WebAssembly.Imports;

/** What can be seen from outside. */
export interface Outcome {
  /** What each call gave, or how it failed. */
  readonly results: unknown[];
  /** What was logged. */
  readonly log: unknown[];
  /** Contents of exported memories and globals, and sizes of tables. */
  readonly state: unknown[];
}

/** How a run goes. */
export interface RunOptions {
  /** The exports to call, in order. */
  readonly calls: readonly Call[];
  /** Makes the imports; none when absent. */
  readonly imports?: MakeImports;
  /** The epoch at first; 0 is the one that a new instance has seen. */
  readonly epoch?: number;
  /** Whether the module was rewritten so that its imports are told who calls, or which of them. */
  readonly bindsImports?: boolean | readonly boolean[];
}

const CAPS = { memoryBytesMax: 2 ** 22, tableEntriesMax: 10_000 };

/** Insists that `module` does the same plain and rewritten, whatever the epoch, wherever checks are, and whether imports are told who calls, or not, or every other one. */
export function insistSame(
  module: Uint8Array<ArrayBuffer>,
  options: RunOptions,
): Outcome {
  const plain = runPlain(module, options);
  for (const straightBytesMax of [0, 1024]) {
    for (const bindsImports of [false, true, everyOther(module)]) {
      const how = { ...CAPS, straightBytesMax, bindsImports };
      const rewritten = rewrite(module, how);
      for (const epoch of [0, 1]) {
        const { run } = start(rewritten, { ...options, epoch, bindsImports });
        deepStrictEqual(run, plain);
      }
    }
  }
  return plain;
}

// What is imported twice by one name is one function, which is told or is not.
function everyOther(module: Uint8Array<ArrayBuffer>): readonly boolean[] {
  const names = functionNames(new WebAssembly.Module(module));
  return names.map((name) => names.indexOf(name) % 2 === 0);
}

function functionNames(module: WebAssembly.Module): readonly string[] {
  return WebAssembly.Module.imports(module)
    .filter(({ kind, module }) => kind === "function" && module !== "$rusm")
    .map(({ module, name }) => JSON.stringify([module, name]));
}

function runPlain(
  module: Uint8Array<ArrayBuffer>,
  options: RunOptions,
): Outcome {
  const run = new Run();
  const compiled = new WebAssembly.Module(module);
  run.attempt(() => {
    const imports = options.imports?.(run.write) ?? {};
    run.exports = new WebAssembly.Instance(compiled, imports).exports;
  });
  return run.finish(options.calls);
}

/** Instantiates a rewritten module, and makes the calls. */
export function start(
  rewritten: Rewritten,
  options: RunOptions,
): { run: Outcome; memories: WebAssembly.Memory[] } {
  const run = new Run();
  const compiled = new WebAssembly.Module(rewritten.bytes);
  const epoch = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  new Int32Array(epoch.buffer)[0] = options.epoch ?? 0;
  const own = ownMemories(rewritten);
  run.attempt(() => {
    const $rusm = { epoch, overrun: () => 0, ...own };
    const given = { ...options.imports?.(run.write), $rusm };
    const { bindsImports = false } = options;
    const names = functionNames(compiled);
    const isTold = (module: string, field: string) =>
      typeof bindsImports === "boolean" || module === "$rusm" ||
      bindsImports[names.indexOf(JSON.stringify([module, field]))]!;
    const imports = bindsImports === false
      ? given
      : boundTo(run, given, isTold);
    run.exports = new WebAssembly.Instance(compiled, imports).exports;
    if (bindsImports !== false) {
      (run.exports[RESET_EXPORT] as (self: Run) => void)(run);
    }
    if (rewritten.startExport !== undefined) {
      (run.exports[rewritten.startExport] as () => void)();
    }
  });
  return { run: run.finish(options.calls), memories: Object.values(own) };
}

// Imports that insist that it is `self` who calls them, if they are told.
function boundTo(
  self: unknown,
  imports: WebAssembly.Imports,
  isTold: (module: string, field: string) => boolean,
): WebAssembly.Imports {
  const bind = (value: WebAssembly.ImportValue, isTold: boolean) =>
    typeof value !== "function" || !isTold
      ? value
      : (who: unknown, ...args: unknown[]) => {
        ok(who === self);
        return value(...args);
      };
  const entries = Object.entries(imports).map(([module, fields]) => [
    module,
    Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [
        field,
        bind(value, isTold(module, field)),
      ]),
    ),
  ]);
  return Object.fromEntries(entries);
}

/** The memories that a rewritten module has to be given, by their fields. */
export function ownMemories(
  { memories }: Rewritten,
): Record<string, WebAssembly.Memory> {
  const own = memories.filter(({ isOwn }) => isOwn);
  return Object.fromEntries(
    own.map(({ field, min, max, isShared: shared, is64 }) => {
      // The types do not know 64-bit memories.
      const descriptor = is64
        ? { initial: BigInt(min), maximum: BigInt(max), address: "i64", shared }
        : { initial: min, maximum: max, shared };
      return [
        field,
        new WebAssembly.Memory(descriptor as WebAssembly.MemoryDescriptor),
      ];
    }),
  );
}

/** One run of a module. */
class Run {
  exports: WebAssembly.Exports = {};
  readonly #results: unknown[] = [];
  readonly #log: unknown[] = [];

  readonly write = (...values: unknown[]): void => {
    this.#log.push(values);
  };

  attempt(action: () => unknown): void {
    try {
      this.#results.push(plainOf(action()));
    } catch (error) {
      this.#results.push(failureOf(error));
    }
  }

  finish(calls: readonly Call[]): Outcome {
    for (const [name, ...args] of calls) {
      const called = this.exports[name];
      if (typeof called !== "function") continue;
      this.attempt(() => called(...args));
    }
    const state = Object.entries(this.exports)
      .filter(([name]) => !name.startsWith("$rusm."))
      .map(([name, value]) => [name, stateOf(value)]);
    return { results: this.#results, log: this.#log, state };
  }
}

// Objects of different instances are never equal.
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : value;
}

function failureOf(error: unknown): unknown {
  // The types do not know `WebAssembly.Exception`.
  if (String(error) === "[object WebAssembly.Exception]") return "an exception";
  // The name of an import in it is the only thing that may differ.
  if (error instanceof Error) {
    return `${error.name}: ${error.message.replace(/^.*\(\): /, "")}`;
  }
  return error;
}

// Only what is not 0: a difference in all of a memory takes minutes to print.
function contentsOf({ buffer }: WebAssembly.Memory): unknown {
  const contents = [...new Uint8Array(buffer).entries()].filter(([, byte]) =>
    byte !== 0
  );
  return [buffer.byteLength, contents];
}

function stateOf(value: unknown): unknown {
  if (value instanceof WebAssembly.Memory) return contentsOf(value);
  if (value instanceof WebAssembly.Table) return value.length;
  if (value instanceof WebAssembly.Global) {
    try {
      return plainOf(value.value);
    } catch (error) {
      // JavaScript cannot hold a vector.
      return failureOf(error);
    }
  }
  return typeof value;
}

/**
 * The ways a module of the suite is run: as it is, and rewritten.
 *
 * @module
 */

import { NotRewritable } from "../../wasm/instrument/errors.ts";
import { rewrite, type Rewritten } from "../../wasm/instrument/rewrite.ts";
import { insistValid } from "../../wasm/instrument/valid.ts";
import { PAGE_BYTES } from "../../wasm/instrument/memory_type.ts";
import { ownMemories } from "../../wasm/instrument/testdata/run.ts";
import { overrunAlways } from "./overrun_always.ts";

/** A module that can be instantiated. */
export interface Compiled {
  /** Makes an instance whose start function has run, and gives its exports. */
  readonly instantiate: (
    imports: WebAssembly.Imports,
  ) => WebAssembly.Exports;
}

/** A way to run modules. */
export interface Side {
  /** One word. */
  readonly name: string;
  /**
   * Compiles a module.
   *
   * @throws {WebAssembly.CompileError} It is refused, as the engine does.
   * @throws {NotRewritable} It is refused, as the rewriter does.
   */
  readonly compile: (bytes: Uint8Array<ArrayBuffer>) => Compiled;
}

/** As large as the engine allows, so that nothing differs by a cap. */
export const WIDE_CAPS = {
  memoryBytesMax: 262_144 * PAGE_BYTES,
  tableEntriesMax: 10_000_000,
} as const;

/** Modules as they are. */
export const PLAIN: Side = { name: "plain", compile: compilePlain };

/** Rewritten modules: the epoch stands still; it has moved on at each check; and there is such a check in front of nearly every instruction. */
export const REWRITTEN: readonly Side[] = [
  sideOf("still", 1024, false),
  sideOf("overrun", 1024, true),
  sideOf("dense", 0, true),
];

function compilePlain(bytes: Uint8Array<ArrayBuffer>): Compiled {
  const module = new WebAssembly.Module(bytes);
  return {
    instantiate: (imports) => new WebAssembly.Instance(module, imports).exports,
  };
}

function sideOf(
  name: string,
  straightBytesMax: number,
  isOverrun: boolean,
): Side {
  return {
    name,
    compile: (bytes) => {
      const how = { straightBytesMax, isCompiled: true };
      const rewritten = rewrite(bytes, { ...WIDE_CAPS, ...how });
      // Otherwise it would be the rewriter's fault that it cannot be compiled.
      if (!WebAssembly.validate(rewritten.bytes)) insistValid(bytes);
      return compileRewritten(rewritten, isOverrun);
    },
  };
}

/** Makes instances of a rewritten module; each check in it calls `overrun` if `isOverrun`. */
export function compileRewritten(
  rewritten: Rewritten,
  isOverrun: boolean,
): Compiled {
  const module = moduleOf(
    isOverrun ? overrunAlways(rewritten.bytes) : rewritten.bytes,
  );
  return {
    instantiate: (imports) => {
      const memories = ownMemories(rewritten);
      const epoch = epochOf(isOverrun ? 1 : 0);
      const $rusm = { epoch, overrun: () => 0, ...memories };
      const instance = new WebAssembly.Instance(module, { ...imports, $rusm });
      if (rewritten.startExport !== undefined) {
        (instance.exports[rewritten.startExport] as () => void)();
      }
      return instance.exports;
    },
  };
}

/**
 * Compiles what was rewritten.
 *
 * @throws {BrokenRewrite} The engine, which took the original, refuses it.
 */
export function moduleOf(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new BrokenRewrite(`Cannot compile what was rewritten: ${error}`);
  }
}

/** The rewriter gave what the engine refuses. */
export class BrokenRewrite extends Error {
  /** Tells what the engine says. */
  constructor(sentence: string) {
    super(sentence);
    this.name = "BrokenRewrite";
  }
}

/** A memory whose epoch is `epoch`. */
export function epochOf(epoch: number): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({
    initial: 1,
    maximum: 1,
    shared: true,
  });
  new Int32Array(memory.buffer)[0] = epoch;
  return memory;
}

/** Whether a module was refused as invalid, by the engine or by the rewriter. */
export function isRefusal(error: unknown): boolean {
  return error instanceof WebAssembly.CompileError ||
    error instanceof NotRewritable;
}

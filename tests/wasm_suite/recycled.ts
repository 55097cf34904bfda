/**
 * Modules whose instances were in use before: they were put back to their first
 * state, and must be as new.
 *
 * @module
 */

import {
  hasFirstSize,
  restoreMemory,
  restoreTables,
  saveMemory,
  saveTables,
} from "../../wasm/core/image.ts";
import type { CoreModule } from "../../wasm/core/module.ts";
import {
  RESERVED_PREFIX,
  RESET_EXPORT,
} from "../../wasm/instrument/reserved.ts";
import { rewrite, type Rewritten } from "../../wasm/instrument/rewrite.ts";
import { ownMemories } from "../../wasm/instrument/testdata/run.ts";
import { overrunAlways } from "./overrun_always.ts";
import {
  type Compiled,
  compileRewritten,
  epochOf,
  moduleOf,
  type Side,
  WIDE_CAPS,
} from "./sides.ts";

/** Every function of an instance has run, and the instance was put back. Of modules with imports, whose state is not theirs alone, and of those that cannot be put back, instances are new. */
export const RECYCLED: Side = {
  name: "recycled",
  compile: (bytes) => {
    const rewritten = rewrite(bytes, WIDE_CAPS);
    if (!isRecyclable(bytes, rewritten)) {
      return compileRewritten(rewritten, false);
    }
    return compileRecycled(rewritten);
  },
};

function isRecyclable(
  bytes: Uint8Array<ArrayBuffer>,
  { isRestorable, waits }: Rewritten,
): boolean {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  return isRestorable && !waits && imports.length === 0;
}

const CHECKS_MAX = 1_000;

function compileRecycled(rewritten: Rewritten): Compiled {
  const module = moduleOf(overrunAlways(rewritten.bytes));
  return {
    instantiate: () => {
      const memories = ownMemories(rewritten);
      let checks = 0;
      const overrun = () => checks++ < CHECKS_MAX ? 0 : 1;
      const $rusm = { epoch: epochOf(1), overrun, ...memories };
      const { exports } = new WebAssembly.Instance(module, { $rusm });
      const putBack = saveState(rewritten, exports, Object.values(memories));
      use(rewritten, exports, () => checks = 0);
      const isAsNew = putBack();
      checks = -Infinity;
      if (!isAsNew) return compileRewritten(rewritten, true).instantiate({});
      start(rewritten, exports);
      return exports;
    },
  };
}

/** Saves the first state. What it gives puts it back, or says that it cannot. */
function saveState(
  rewritten: Rewritten,
  exports: WebAssembly.Exports,
  memories: readonly WebAssembly.Memory[],
): () => boolean {
  // Only what it was rewritten to counts here.
  const tables = saveTables(exports, rewritten as unknown as CoreModule);
  const images = memories.map(saveMemory);
  return () => {
    if (
      !memories.every((memory, n) =>
        hasFirstSize(memory, rewritten.memories[n]!)
      )
    ) {
      return false;
    }
    memories.forEach((memory, n) => restoreMemory(memory, images[n]!));
    (exports[RESET_EXPORT] as () => void)();
    restoreTables(tables);
    return true;
  };
}

function use(
  rewritten: Rewritten,
  exports: WebAssembly.Exports,
  beforeEach: () => void,
): void {
  const functions = Object.entries(exports)
    .filter(([name]) => !name.startsWith(RESERVED_PREFIX))
    .map(([, exported]) => exported)
    .filter((exported) => typeof exported === "function");
  for (const call of [() => start(rewritten, exports), ...functions]) {
    beforeEach();
    try {
      call();
    } catch {
      // Whatever it did, and however it ended, is undone.
    }
  }
}

function start(
  { startExport }: Rewritten,
  exports: WebAssembly.Exports,
): void {
  if (startExport !== undefined) (exports[startExport] as () => void)();
}

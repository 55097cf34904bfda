/**
 * What the glue of one process takes of the machine, and what it sees of
 * `WebAssembly`.
 *
 * @module
 */

import type { Ceilings, Cost } from "../../ceilings.ts";
import { FIBER_COST } from "../../core/instance_pool.ts";
import { memoryCost, newMemory } from "../../core/memory.ts";
import type { CoreModule } from "../../core/module.ts";
import { promising, suspending } from "../../fiber.ts";
import {
  EPOCH_FIELD,
  OVERRUN_FIELD,
  RESERVED_MODULE,
  RESET_EXPORT,
} from "../../instrument/reserved.ts";
import { readCoreInterface } from "../core_module.ts";
import { CORE_INSTANCES_MAX } from "../limits.ts";
import { FIBERS_MAX, HELPER_BYTES_MAX } from "./limits.ts";
import type { InstantiateCore } from "./glue.ts";
import type { GlueScope } from "./glue_text.ts";

// It is a file of the glue.
const WHOLE = { section: "core module", offset: 0 };

/**
 * Which functions that the core module `bytes` imports are told who calls: none,
 * since those of glue do not ask.
 *
 * @throws {InvalidComponent} It is malformed.
 */
export function toldOf(bytes: Uint8Array): readonly boolean[] {
  return readCoreInterface(bytes, WHOLE).imports
    .filter(({ type }) => type.kind === "func")
    .map(() => false);
}

/** What all that runs in a process is made from. */
export interface MachineParts {
  /** The core modules, by file. */
  readonly modules: ReadonlyMap<string, CoreModule>;
  /** The memory of the ticker. */
  readonly epoch: WebAssembly.Memory;
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
  /** What a check calls: whether the guest must end (1) or may go on (0). */
  readonly overrun: () => number;
  /** Ends the process, which has asked for more than there is. Throws. */
  readonly exceeded: () => never;
}

/** The core instances and fibers of one process. */
export class Machine {
  readonly #parts: MachineParts;
  readonly #byModule: ReadonlyMap<WebAssembly.Module, CoreModule>;
  readonly #memories: WebAssembly.Memory[] = [];
  readonly #costs: Cost[] = [];
  readonly #epochCell: Int32Array;
  #seenEpoch = 0;
  #instances = 0;
  #fibers = 0;

  /** Nothing yet. */
  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#epochCell = new Int32Array(parts.epoch.buffer);
    this.#byModule = new Map(
      [...parts.modules.values()].map((each) => [each.module, each]),
    );
  }

  /** Bytes of all its memories. */
  get memoryBytes(): number {
    return this.#memories.reduce(
      (sum, { buffer }) => sum + buffer.byteLength,
      0,
    );
  }

  /** The module that was written to `file`. */
  moduleOf(file: string): WebAssembly.Module {
    return this.#parts.modules.get(file)!.module;
  }

  // What glue sees of it: it compiles no modules but the small ones of its own.
  readonly #webAssembly: Readonly<Record<string, unknown>> = {
    Global: WebAssembly.Global,
    Instance: WebAssembly.Instance,
    Module: newHelper,
    RuntimeError: WebAssembly.RuntimeError,
    promising: (guest: (...args: unknown[]) => unknown) =>
      this.#counted(promising(guest)),
    // What a constructor returns takes the place of what it would have made.
    Suspending: function (host: (...args: unknown[]) => unknown) {
      return suspending(host);
    },
  };

  // A parked fiber takes maps of memory, and V8 aborts when there are none.
  #counted(
    call: (...args: unknown[]) => Promise<unknown>,
  ): (...args: unknown[]) => Promise<unknown> {
    return async (...args) => {
      const { ceilings, exceeded } = this.#parts;
      const isFull = this.#fibers >= FIBERS_MAX;
      if (isFull || !ceilings.tryExtend(FIBER_COST)) exceeded();
      this.#fibers++;
      try {
        return await call(...args);
      } finally {
        this.#fibers--;
        ceilings.releaseFiber();
      }
    };
  }

  /** What glue is given instead of globals: whatever it copies out of memory is checked. */
  get scope(): GlueScope {
    const check = () => this.#check();
    return {
      WebAssembly: this.#webAssembly,
      DataView: checked(DataView, check),
      Uint8Array: checked(Uint8Array, check),
      Uint16Array: checked(Uint16Array, check),
      check,
    };
  }

  // As the rewriter has a guest do: nothing until the epoch has moved on.
  #check(): void {
    const now = Atomics.load(this.#epochCell, 0);
    if (now === this.#seenEpoch) return;
    this.#seenEpoch = now;
    if (this.#parts.overrun() !== 0) this.#parts.exceeded();
  }

  /** Makes an instance of a core module, whose start function runs at once. */
  readonly instantiate: InstantiateCore = (module, imports = {}) => {
    if (++this.#instances > CORE_INSTANCES_MAX) this.#parts.exceeded();
    const core = this.#byModule.get(module)!;
    const { exports } = new WebAssembly.Instance(module, {
      ...imports,
      [RESERVED_MODULE]: this.#reserved(core),
    });
    (exports[RESET_EXPORT] as () => void)();
    // Its memory may be one too many.
    if (this.#parts.overrun() !== 0) this.#parts.exceeded();
    const { startExport } = core;
    if (startExport !== undefined) (exports[startExport] as () => void)();
    return { exports };
  };

  #reserved(core: CoreModule): WebAssembly.ModuleImports {
    const { epoch, overrun } = this.#parts;
    const own = core.memories.filter(({ isOwn }) => isOwn);
    return {
      [EPOCH_FIELD]: epoch,
      [OVERRUN_FIELD]: overrun,
      ...Object.fromEntries(
        own.map(({ field }) => [field, this.#newMemory(core)]),
      ),
    };
  }

  #newMemory(core: CoreModule): WebAssembly.Memory {
    const { ceilings, exceeded } = this.#parts;
    const cost = memoryCost(core);
    if (!ceilings.tryExtend(cost)) exceeded();
    this.#costs.push(cost);
    const memory = newMemory(core)!;
    this.#memories.push(memory);
    return memory;
  }

  /** Gives back what was taken. Nothing may run in it any more. */
  release(): void {
    this.#costs.splice(0).forEach((cost) => this.#parts.ceilings.release(cost));
  }
}

// A core module of the guest is never compiled but when it is rewritten.
function newHelper(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  if (bytes.length <= HELPER_BYTES_MAX) return new WebAssembly.Module(bytes);
  throw new TypeError(
    `Cannot compile a module in glue of more than ${HELPER_BYTES_MAX} bytes: ${bytes.length}`,
  );
}

// The class itself, but for what happens before it makes something.
function checked<Class extends new (...args: never[]) => object>(
  made: Class,
  check: () => void,
): Class {
  return new Proxy(made, {
    construct(target, args, newTarget) {
      check();
      return Reflect.construct(target, args, newTarget);
    },
  });
}

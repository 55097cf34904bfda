/**
 * Instances of core modules.
 *
 * @module
 */

import { promising, suspending } from "../fiber.ts";
import {
  EPOCH_FIELD,
  OVERRUN_FIELD,
  RESERVED_MODULE,
  RESERVED_PREFIX,
} from "../instrument/reserved.ts";
import { GuestStopped } from "../script/guest_error.ts";
import type { DumpSource } from "../trap/core_dump.ts";
import type { DumpGlobal } from "../trap/dump_sections.ts";
import {
  type Hibernated,
  NUMERIC,
  saveState,
  wakeState,
} from "./hibernation.ts";
import {
  hasFirstSize,
  type MemoryImage,
  restoreMemory,
  StateImage,
} from "./image.ts";
import type { Linkage } from "./linkage.ts";
import { newMemory } from "./memory.ts";
import type { CoreModule } from "./module.ts";
import type { Guest, HostFunction, Slot } from "./slot.ts";
import { uncatchable } from "./uncatchable.ts";

/** What every instance of a module is made from. */
export interface InstanceParts {
  /** The module. */
  readonly module: CoreModule;
  /** What it imports. */
  readonly linkage: Linkage;
  /** The memory of the ticker. */
  readonly epoch: WebAssembly.Memory;
}

/** An instance, and who has it. */
export class CoreInstance implements Slot {
  /** Its memory; undefined without. */
  readonly memory: WebAssembly.Memory | undefined;
  readonly #module: CoreModule;
  readonly #exports: WebAssembly.Exports;
  // Undefined when it cannot be put back.
  readonly #state: StateImage | undefined;
  readonly #entries = new Map<string, () => Promise<unknown>>();
  #guest: Guest | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /**
   * An instance in which no code has run, not even its start function.
   *
   * @param memory Zeroed, and of the first size; a new one when absent.
   * @throws {RangeError} There is no room for its memory.
   * @throws {WebAssembly.RuntimeError} Its segments do not fit.
   */
  constructor(
    { module, linkage, epoch }: InstanceParts,
    memory: WebAssembly.Memory | undefined = newMemory(module),
  ) {
    this.#module = module;
    this.memory = memory;
    const imports = importsOf(linkage, this);
    imports[RESERVED_MODULE]![EPOCH_FIELD] = epoch;
    const field = module.memories[0]?.field;
    if (field !== undefined) imports[RESERVED_MODULE]![field] = memory!;
    this.#exports = new WebAssembly.Instance(module.module, imports).exports;
    this.#state = module.isRestorable
      ? new StateImage(this.#exports, module)
      : undefined;
  }

  get guest(): Guest {
    if (this.#guest !== undefined) return this.#guest;
    throw new TypeError("Cannot call the host without a process");
  }

  /** Gives it to a process, or to nobody. */
  set guest(guest: Guest | undefined) {
    this.#guest = guest;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const buffer = this.memory?.buffer;
    if (buffer === undefined) {
      throw new TypeError("Cannot reach a memory that a module does not have");
    }
    if (this.#bytes?.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer as ArrayBuffer);
    }
    return this.#bytes;
  }

  /** See {@linkcode CoreModule.startExport}. */
  get startExport(): string | undefined {
    return this.#module.startExport;
  }

  /** Whether it exports a function of its own that takes nothing. */
  has(entry: string): boolean {
    const exported = this.#exports[entry];
    return typeof exported === "function" && exported.length === 0 &&
      !entry.startsWith(RESERVED_PREFIX);
  }

  /** Calls an exported function, on a fiber of its own. Rejects when it traps. */
  call(entry: string): Promise<unknown> {
    let call = this.#entries.get(entry);
    if (call === undefined) {
      call = promising(this.#exports[entry] as () => unknown);
      this.#entries.set(entry, call);
    }
    return call();
  }

  /**
   * Puts it back to its first state. No call may be under way.
   *
   * @param image Undefined when its memory is quicker to make anew.
   * @returns False when that cannot be done, or is no quicker than a new one.
   */
  restore(image: MemoryImage | undefined): boolean {
    const { memory } = this;
    if (this.#state === undefined || image === undefined) return false;
    if (memory !== undefined) {
      if (!hasFirstSize(memory, this.#module.memories[0]!)) return false;
      restoreMemory(memory, image);
    }
    this.#state.restore();
    return true;
  }

  /** What it holds, for a core dump: views of it, and no copy. No call may be under way. */
  contents(): Pick<DumpSource, "memories" | "globals"> {
    const { memories, globals } = this.#module;
    const { memory } = this;
    const { is64 = false } = memories[0] ?? {};
    return {
      memories: memory === undefined ? [] : [{ buffer: memory.buffer, is64 }],
      globals: globals.flatMap(({ index, type, exportName }) => {
        if (!NUMERIC.has(type)) return [];
        const { value } = this.#exports[exportName] as WebAssembly.Global;
        return [{ index, type, value } as DumpGlobal];
      }),
    };
  }

  /**
   * What its state differs in from the first one. No call may be under way.
   *
   * @returns Undefined when JavaScript cannot hold it.
   */
  save(image: MemoryImage): Hibernated | undefined {
    return saveState(this.#module, { ...this.#stateful, image });
  }

  /**
   * Goes on from what was saved. It must be as new.
   *
   * @throws {RangeError} There is no room for its memory.
   */
  wake(saved: Hibernated): void {
    wakeState(this.#module, this.#stateful, saved);
  }

  get #stateful() {
    return { exports: this.#exports, memory: this.memory };
  }
}

function importsOf(linkage: Linkage, slot: Slot): WebAssembly.Imports {
  const imports: Record<string, WebAssembly.ModuleImports> = {
    [RESERVED_MODULE]: {
      [OVERRUN_FIELD]: suspending(() => slot.guest.overrun()),
    },
  };
  for (const { name, module, fields } of linkage) {
    const { functions, suspending: names } = module.functionsOf(slot);
    const wrapped: WebAssembly.ModuleImports = {};
    for (const field of fields) {
      const host = functions[field]!;
      wrapped[field] = names.has(field)
        ? suspending(guardedLater(slot, host))
        : guarded(slot, host);
    }
    imports[name] = wrapped;
  }
  return imports;
}

// A guest that has ended does nothing more, and catches nothing of the host's.
function guarded(slot: Slot, host: HostFunction): HostFunction {
  return (...args) => {
    try {
      if (slot.guest.isStopped) throw new GuestStopped();
      return host(...args);
    } catch (thrown) {
      throw uncatchable(thrown);
    }
  };
}

function guardedLater(slot: Slot, host: HostFunction): HostFunction {
  const call = guarded(slot, host);
  return (...args) => {
    const result = call(...args);
    return result instanceof Promise ? result.catch(rethrow) : result;
  };
}

function rethrow(thrown: unknown): never {
  throw uncatchable(thrown);
}

/**
 * Instances of core modules.
 *
 * @module
 */

import { promising } from "../fiber.ts";
import { RESERVED_PREFIX, RESET_EXPORT } from "../instrument/reserved.ts";
import type { DumpSource } from "../trap/core_dump.ts";
import type { DumpGlobal } from "../trap/dump_sections.ts";
import { GuestMemory } from "../wasi/p1.ts";
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
  restoreTables,
  saveTables,
  type TableImage,
} from "./image.ts";
import type { Linkage } from "./linkage.ts";
import { newMemory } from "./memory.ts";
import type { CoreModule } from "./module.ts";
import type { Guest, Slot } from "./slot.ts";

/** What every instance of a module is made from. */
export interface InstanceParts {
  /** The module. */
  readonly module: CoreModule;
  /** What it imports. */
  readonly linkage: Linkage;
}

/** An instance, and who has it. */
export class CoreInstance implements Slot {
  /** Its memory; undefined without. */
  readonly memory: WebAssembly.Memory | undefined;
  readonly #module: CoreModule;
  readonly #exports: WebAssembly.Exports;
  // Tells the instance as well who it is, to host functions.
  readonly #reset: (self: Slot) => void;
  // Undefined when it cannot be put back.
  readonly #tables: TableImage | undefined;
  // What was called last, and how: a process has one entry, or two.
  #entry: string | undefined;
  #call: (() => Promise<unknown>) | undefined;
  #guest: Guest | undefined;
  #wasip1Memory: GuestMemory | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /**
   * An instance in which no code has run, not even its start function.
   *
   * @param memory Zeroed, and of the first size; a new one when absent.
   * @throws {RangeError} There is no room for its memory.
   * @throws {WebAssembly.RuntimeError} Its segments do not fit.
   */
  constructor(
    { module, linkage }: InstanceParts,
    memory: WebAssembly.Memory | undefined = newMemory(module),
  ) {
    this.#module = module;
    this.memory = memory;
    this.#exports = linkage.instantiate(memory);
    this.#reset = this.#exports[RESET_EXPORT] as (self: Slot) => void;
    this.#reset(this);
    this.#tables = module.isRestorable
      ? saveTables(this.#exports, module)
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
    // To ask a memory for its buffer takes as long as a small message.
    if (this.#bytes !== undefined && !this.#module.growsMemories) {
      return this.#bytes;
    }
    const buffer = this.memory?.buffer;
    if (buffer === undefined) {
      throw new TypeError("Cannot reach a memory that a module does not have");
    }
    if (this.#bytes?.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer as ArrayBuffer);
    }
    return this.#bytes;
  }

  get wasip1Memory(): GuestMemory {
    this.#wasip1Memory ??= new GuestMemory(() => this.bytes.buffer);
    return this.#wasip1Memory;
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
    if (this.#entry !== entry) {
      this.#call = promising(this.#exports[entry] as () => unknown);
      this.#entry = entry;
    }
    return this.#call!();
  }

  /**
   * Puts it back to its first state. No call may be under way.
   *
   * @param image Undefined when its memory is quicker to make anew.
   * @returns False when that cannot be done, or is no quicker than a new one.
   */
  restore(image: MemoryImage | undefined): boolean {
    const { memory } = this;
    if (this.#tables === undefined || image === undefined) return false;
    if (memory !== undefined) {
      if (!hasFirstSize(memory, this.#module.memories[0]!)) return false;
      restoreMemory(memory, image);
    }
    this.#reset(this);
    restoreTables(this.#tables);
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

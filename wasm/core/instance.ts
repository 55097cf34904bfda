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
} from "../instrument/reserved.ts";
import { RESTORED_BYTES_MAX } from "../limits.ts";
import {
  hasFirstSize,
  type MemoryImage,
  restoreMemory,
  StateImage,
} from "./image.ts";
import { HOST_MODULES } from "./host_modules.ts";
import type { CoreModule } from "./module.ts";
import type { Guest, HostFunctions, Slot } from "./slot.ts";

/** An instance, and who has it. */
export class CoreInstance implements Slot {
  /** Its memory; undefined without. */
  readonly memory: WebAssembly.Memory | undefined;
  readonly #module: CoreModule;
  readonly #exports: WebAssembly.Exports;
  readonly #state: StateImage;
  readonly #entries = new Map<string, () => Promise<unknown>>();
  #guest: Guest | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /**
   * An instance in which no code has run, not even its start function.
   *
   * @param epoch The memory of the ticker.
   */
  constructor(module: CoreModule, epoch: WebAssembly.Memory) {
    this.#module = module;
    this.memory = newMemory(module);
    const imports = importsOf(module, this, epoch, this.memory);
    this.#exports = new WebAssembly.Instance(module.module, imports).exports;
    this.#state = new StateImage(this.#exports, module);
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

  /** Whether it exports a function that takes nothing. */
  has(entry: string): boolean {
    return typeof this.#exports[entry] === "function";
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
   * @returns False when that cannot be done, or is no quicker than a new one.
   */
  restore(image: MemoryImage): boolean {
    const { memory } = this;
    if (!this.#module.isRestorable) return false;
    if (memory !== undefined) {
      const limits = this.#module.memories[0]!;
      if (!hasFirstSize(memory, limits)) return false;
      if (memory.buffer.byteLength > RESTORED_BYTES_MAX) return false;
      restoreMemory(memory, image);
    }
    this.#state.restore();
    return true;
  }
}

// One that cannot grow reserves no more addresses than it has.
function newMemory(
  { memories, growsMemories }: CoreModule,
): WebAssembly.Memory | undefined {
  const limits = memories[0];
  if (limits === undefined) return undefined;
  const { min, max, is64, isShared } = limits;
  const maximum = growsMemories ? max : min;
  const options = { initial: min, maximum, shared: isShared };
  // TypeScript does not know memories of 64 bits yet.
  if (!is64) return new WebAssembly.Memory(options);
  return new WebAssembly.Memory({
    address: "i64",
    initial: BigInt(min),
    maximum: BigInt(maximum),
    shared: isShared,
  } as unknown as WebAssembly.MemoryDescriptor);
}

function importsOf(
  module: CoreModule,
  slot: Slot,
  epoch: WebAssembly.Memory,
  memory: WebAssembly.Memory | undefined,
): WebAssembly.Imports {
  const imports: Record<string, WebAssembly.ModuleImports> = {};
  const field = module.memories[0]?.field;
  imports[RESERVED_MODULE] = {
    [EPOCH_FIELD]: epoch,
    [OVERRUN_FIELD]: suspending(() => slot.guest.overrun()),
    ...(field === undefined ? {} : { [field]: memory! }),
  };
  const names = WebAssembly.Module.imports(module.module).map((each) =>
    each.module
  );
  for (const name of new Set(names)) {
    const functions = HOST_MODULES.get(name);
    if (functions !== undefined) imports[name] = wrap(functions(slot));
  }
  return imports;
}

function wrap(
  { functions, suspending: names }: HostFunctions,
): WebAssembly.ModuleImports {
  const wrapped: WebAssembly.ModuleImports = {};
  for (const [field, host] of Object.entries(functions)) {
    wrapped[field] = names.has(field) ? suspending(host) : host;
  }
  return wrapped;
}

/**
 * What a module imports, made once for all its instances.
 *
 * @module
 */

import { suspending } from "../fiber.ts";
import {
  EPOCH_FIELD,
  OVERRUN_FIELD,
  RESERVED_MODULE,
} from "../instrument/reserved.ts";
import { GuestStopped } from "../script/guest_error.ts";
import { HOST_MODULES, type HostModule } from "./host_modules.ts";
import type { CoreModule } from "./module.ts";
import type { HostFunction, Slot } from "./slot.ts";
import { uncatchable } from "./uncatchable.ts";

/** What all instances of one module import. */
export class Linkage {
  readonly #module: WebAssembly.Module;
  readonly #imports: WebAssembly.Imports;
  // Of the memory; undefined without.
  readonly #field: string | undefined;

  /** @param epoch The memory of the ticker. */
  constructor({ module, memories }: CoreModule, epoch: WebAssembly.Memory) {
    this.#module = module;
    this.#imports = importsOf(module);
    this.#field = memories[0]?.field;
    Object.assign(this.#imports[RESERVED_MODULE]!, {
      [EPOCH_FIELD]: epoch,
      [OVERRUN_FIELD]: suspending((slot: Slot) => slot.guest.overrun()),
    });
  }

  /**
   * Makes an instance, to which nobody has said yet who it is.
   *
   * @throws {WebAssembly.RuntimeError} Its segments do not fit.
   */
  instantiate(memory: WebAssembly.Memory | undefined): WebAssembly.Exports {
    const reserved = this.#imports[RESERVED_MODULE]!;
    if (this.#field !== undefined) reserved[this.#field] = memory!;
    try {
      return new WebAssembly.Instance(this.#module, this.#imports).exports;
    } finally {
      // Memories that nobody uses are counted when they are collected.
      if (this.#field !== undefined) delete reserved[this.#field];
    }
  }
}

function importsOf(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = { [RESERVED_MODULE]: {} };
  for (
    const { module: name, name: field } of WebAssembly.Module.imports(module)
  ) {
    if (name === RESERVED_MODULE) continue;
    imports[name] ??= {};
    imports[name][field] ??= importOf(HOST_MODULES.get(name)!, field);
  }
  return imports;
}

function importOf(
  { functions, suspending: names, endsGuest }: HostModule,
  field: string,
): WebAssembly.ImportValue {
  const host = guarded(functions[field]!);
  if (!names.has(field)) return host;
  return suspending(endsGuest?.has(field) ? host : guardedLater(host));
}

// A guest that has ended does nothing more, and catches nothing of the host's.
function guarded(host: HostFunction): HostFunction {
  return (slot, ...args) => {
    try {
      if (slot.guest.isStopped) throw new GuestStopped();
      return host(slot, ...args);
    } catch (thrown) {
      throw uncatchable(thrown);
    }
  };
}

function guardedLater(host: HostFunction): HostFunction {
  return (slot, ...args) => {
    const result = host(slot, ...args);
    return result instanceof Promise ? result.catch(endGuest) : result;
  };
}

function endGuest(thrown: unknown): never {
  throw uncatchable(thrown);
}

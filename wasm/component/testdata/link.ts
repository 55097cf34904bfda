/**
 * Carries out a plan, as far as that goes without memory and strings: enough to
 * see that all modules find what they import, in the order of the plan.
 *
 * @module
 */

import { strictEqual } from "node:assert";

import type {
  ComponentFunction,
  ComponentPlan,
  CoreInstantiation,
  CoreItem,
} from "../plan.ts";

type Callable = (...args: CoreValue[]) => unknown;

/** A core value. */
export type CoreValue = number | bigint;

/** What was called of the host, and with what. */
export type Log = [name: string, ...args: CoreValue[]][];

/** A plan that is carried out. */
export class Linked {
  /** What was called of the host so far. */
  readonly log: Log = [];
  readonly #instances = new Map<CoreInstantiation, WebAssembly.Instance>();

  /** Instantiates all of `plan`. */
  constructor(plan: ComponentPlan) {
    const modules = plan.modules.map((bytes) =>
      new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
    );
    for (const step of plan.steps) {
      if (step.kind === "start") {
        this.call(step.function);
        continue;
      }
      // Names are anything, also what objects have.
      const imports: WebAssembly.Imports = Object.create(null);
      for (const { module, name, item } of step.imports) {
        imports[module] ??= Object.create(null) as WebAssembly.ModuleImports;
        imports[module][name] = this.#item(item);
      }
      const module = modules[step.module]!;
      strictEqual(
        step.imports.length,
        WebAssembly.Module.imports(module).length,
      );
      this.#instances.set(step, new WebAssembly.Instance(module, imports));
    }
  }

  /** Calls a function; what is not a number goes as it is in core Wasm. */
  call(callee: ComponentFunction, ...args: CoreValue[]): unknown {
    if (callee.kind === "lift") {
      return (this.#item(callee.core) as Callable)(...args);
    }
    this.log.push([callee.member ?? callee.name, ...args]);
    return ["s64", "u64"].includes(callee.type.result?.kind ?? "") ? 0n : 0;
  }

  #item(item: CoreItem): WebAssembly.ImportValue {
    switch (item.kind) {
      case "export":
        return this.#instances.get(item.instance)!.exports[item.name]!;
      case "lower":
        return (...args: CoreValue[]) => this.call(item.function, ...args);
      default:
        return (handle: number) => {
          this.log.push([item.kind, handle]);
          return handle;
        };
    }
  }
}

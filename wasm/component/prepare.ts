/**
 * Components that are ready to be instantiated, in any thread.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import type { CoreModule } from "../core/module.ts";
import { digestOf, type ModuleCache } from "../core/module_cache.ts";
import { LoadFailed } from "../errors.ts";
import { PAGE_BYTES } from "../instrument/memory_type.ts";
import { InvalidComponent, NeedsPreview3 } from "./errors.ts";
import { HOST_REGISTRY } from "./hosts.ts";
import { checkImports, ImportRefused } from "./imports.ts";
import { toldImports } from "./linked_step.ts";
import { planComponent } from "./plan_component.ts";
import type { ComponentPlan } from "./plan.ts";
import type { HostRegistry, ResourceHome } from "./registry.ts";
import type { ResourceType } from "./value_type.ts";

/** A plan whose modules are compiled. It can be posted to a Worker. */
export interface PreparedComponent {
  /** What a linker does. The same type of resources is the same object as in `resources`. */
  readonly plan: Omit<ComponentPlan, "modules">;
  /** The modules of the plan, by index. */
  readonly modules: readonly CoreModule[];
  /** Where the resources are defined that it imports. */
  readonly resources: ReadonlyMap<ResourceType, ResourceHome>;
}

/** Components that were made ready, by what they are made of. */
export class ComponentCache {
  readonly #modules: ModuleCache;
  readonly #registry: HostRegistry;
  // By digest and cap.
  readonly #components = new Map<string, Promise<PreparedComponent>>();

  /** @param registry What components can import; everything there is when absent. */
  constructor(modules: ModuleCache, registry: HostRegistry = HOST_REGISTRY) {
    this.#modules = modules;
    this.#registry = registry;
  }

  /**
   * Makes a component ready for processes of `capability`, once.
   *
   * @param name For messages.
   * @param bytes Not changed.
   * @throws {LoadFailed} It is invalid, needs more than `capability` grants or
   * what only preview 3 has, imports what is not there or has another type, or
   * does what no process may do.
   */
  async prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
  ): Promise<PreparedComponent> {
    const key = `${await digestOf(bytes)} ${capability.memoryBytesMax}`;
    let component = this.#components.get(key);
    if (component === undefined) {
      component = this.#prepare(name, bytes, capability);
      this.#components.set(key, component);
      component.catch(() => this.#components.delete(key));
    }
    return await component;
  }

  async #prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
  ): Promise<PreparedComponent> {
    const { plan: { modules, ...plan }, resources } = orFail(name, () => {
      const plan = planComponent(bytes);
      return { plan, resources: checkImports(plan.imports, this.#registry) };
    });
    const ready = await Promise.all(
      modules.map((module, index) =>
        this.#modules.prepare(
          name,
          module as Uint8Array<ArrayBuffer>,
          capability,
          toldImports(plan.steps, index),
        )
      ),
    );
    insistBounded(name, plan, ready, capability);
    return { plan, modules: ready, resources };
  }
}

function orFail<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    // What is wrong with a component is the app's fault, not ours.
    const isTheirs = error instanceof InvalidComponent ||
      error instanceof NeedsPreview3 || error instanceof ImportRefused;
    if (!isTheirs) throw error;
    const failure = new LoadFailed(name, error.message, "");
    failure.cause = error;
    throw failure;
  }
}

// Each memory has a cap of its own; here it is that they begin below it together.
function insistBounded(
  name: string,
  { steps }: Pick<ComponentPlan, "steps">,
  modules: readonly CoreModule[],
  { memoryBytesMax }: Capability,
): void {
  let bytes = 0;
  for (const step of steps) {
    if (step.kind !== "instantiate") continue;
    for (const { isOwn, min } of modules[step.module]!.memories) {
      if (isOwn) bytes += min * PAGE_BYTES;
    }
  }
  if (bytes <= memoryBytesMax) return;
  throw new LoadFailed(
    name,
    `Cannot cap memories of ${bytes} bytes together at ${memoryBytesMax} bytes`,
    "",
  );
}

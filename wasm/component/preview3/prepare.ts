/**
 * Components of preview 3 that are ready to be run, by glue that jco makes.
 *
 * @module
 */

import type { Capability } from "../../capability.ts";
import type { CoreModule } from "../../core/module.ts";
import { digestOf, type ModuleCache } from "../../core/module_cache.ts";
import { LoadFailed } from "../../errors.ts";
import { decodeComponent } from "../decode.ts";
import { InvalidComponent, NeedsPreview3 } from "../errors.ts";
import type { HostInterface } from "../host.ts";
import { checkImports, ImportRefused } from "../imports.ts";
import type { ComponentExport, ComponentImport } from "../plan.ts";
import { readComponentTypes } from "../plan_component.ts";
import type { HostRegistry } from "../registry.ts";
import type { FunctionType } from "../value_type.ts";
import {
  generate,
  type GenerateOptions,
  type Glue,
  NotGenerated,
} from "./generate.ts";
import {
  findGenerator,
  type Generator,
  GENERATOR_PACKAGE,
} from "./generator.ts";
import { glueModule } from "./glue_text.ts";
import { PREVIEW3_REGISTRY } from "./hosts.ts";
import { toldOf } from "./machine.ts";
import { insistPlainNames } from "./plain_names.ts";

/** A component of preview 3. It can be posted to a Worker. */
export interface PreparedGlue {
  /** A module that exports `instantiate`. */
  readonly text: string;
  /** The modules, by the names that it asks for. */
  readonly modules: ReadonlyMap<string, CoreModule>;
  /** What it calls each interface that it imports, by its name. */
  readonly imports: ReadonlyMap<string, string>;
  /** The functions that a process can begin with. */
  readonly exports: readonly GlueExport[];
}

/** An exported function that takes nothing. */
export interface GlueExport {
  /** Its interface; undefined when it is of the world. */
  readonly home: string | undefined;
  /** Its name in WIT. */
  readonly name: string;
  /** Whether it answers by a `result`. */
  readonly isResult: boolean;
}

/** Components of preview 3 that were made ready, by what they are made of. */
export class GlueCache {
  readonly #modules: ModuleCache;
  readonly #directory: string | undefined;
  readonly #registry: HostRegistry;
  // By digest and cap.
  readonly #prepared = new Map<string, Promise<PreparedGlue>>();

  /**
   * @param directory Where jco is looked for; nowhere when undefined.
   * @param registry What components can import; everything there is when absent.
   */
  constructor(
    modules: ModuleCache,
    directory: string | undefined,
    registry: HostRegistry = PREVIEW3_REGISTRY,
  ) {
    this.#modules = modules;
    this.#directory = directory;
    this.#registry = registry;
  }

  /**
   * Makes a component ready for processes of `capability`, once.
   *
   * @param name For messages.
   * @param needs Why it cannot be run without glue.
   * @throws {LoadFailed} jco is not installed, or refuses the component; or as
   * for any component.
   */
  async prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    needs: NeedsPreview3,
  ): Promise<PreparedGlue> {
    const key = `${await digestOf(bytes)} ${capability.memoryBytesMax}`;
    let prepared = this.#prepared.get(key);
    if (prepared === undefined) {
      prepared = this.#prepare(name, bytes, capability, needs);
      this.#prepared.set(key, prepared);
      prepared.catch(() => this.#prepared.delete(key));
    }
    return await prepared;
  }

  async #prepare(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    needs: NeedsPreview3,
  ): Promise<PreparedGlue> {
    try {
      const generator = this.#generatorFor(needs);
      const options = this.#optionsFor(bytes);
      const { text, modules } = await generate(generator, bytes, options);
      return {
        text: glueModule(text),
        modules: await this.#rewrite(name, modules, capability),
        imports: options.imports,
        exports: readComponentTypes(bytes).exports.flatMap(exportsOf),
      };
    } catch (error) {
      // What is wrong with a component, or not installed, is not ours to mend.
      const isTheirs = error instanceof InvalidComponent ||
        error instanceof NeedsPreview3 || error instanceof ImportRefused ||
        error instanceof NotGenerated;
      if (!isTheirs) throw error;
      const failure = new LoadFailed(name, error.message, "");
      failure.cause = error;
      throw failure;
    }
  }

  #generatorFor(needs: NeedsPreview3): Generator {
    const directory = this.#directory;
    const found = directory === undefined
      ? undefined
      : findGenerator(directory);
    if (found !== undefined) return found;
    const place = directory === undefined
      ? "and name its directory"
      : `in ${directory}`;
    throw needs.withHint(`npm install ${GENERATOR_PACKAGE}, ${place}`);
  }

  // Whatever the generator would make of it, this comes first.
  #optionsFor(bytes: Uint8Array): GenerateOptions {
    insistPlainNames(decodeComponent(bytes).component);
    const { imports, exports } = readComponentTypes(bytes);
    checkImports(imports, this.#registry);
    exports.forEach(insistNoThenable);
    const names = imports.filter(hasValues).map(({ name }) => name);
    return {
      imports: new Map(names.map((name, nth) => [name, `import${nth}`])),
      waiting: imports.flatMap((each) => this.#waitingOf(each)),
      blocking: exports.flatMap(blockingOf),
    };
  }

  #waitingOf(each: ComponentImport): string[] {
    if (each.kind !== "interface") return [];
    const { suspending = {} } = this.#registry.find(each.name) as HostInterface;
    return [...each.functions].flatMap(([name, { isAsync }]) =>
      !isAsync && Object.hasOwn(suspending, name)
        ? [`${each.name}#${name}`]
        : []
    );
  }

  async #rewrite(
    name: string,
    modules: Glue["modules"],
    capability: Capability,
  ): Promise<ReadonlyMap<string, CoreModule>> {
    const ready = [...modules].map(async (
      [file, bytes],
    ): Promise<[string, CoreModule]> => [
      file,
      await this.#modules.prepare(name, bytes, capability, toldOf(bytes)),
    ]);
    return new Map(await Promise.all(ready));
  }
}

// An interface of types alone is asked for nothing.
function hasValues(one: ComponentImport): boolean {
  return one.kind === "interface" &&
    one.functions.size + one.resources.size > 0;
}

// What is exported would be taken for a promise.
function insistNoThenable(one: ComponentExport): void {
  if (one.kind !== "function" || one.name.toLowerCase() !== "then") return;
  throw new NotGenerated(
    "Cannot run a component that exports a function: then",
  );
}

function functionsOf(
  one: ComponentExport,
): [home: string | undefined, name: string, type: FunctionType][] {
  if (one.kind === "function") {
    return [[undefined, one.name, one.function.type]];
  }
  if (one.kind !== "interface") return [];
  return [...one.functions].map(([name, { type }]) => [one.name, name, type]);
}

function exportsOf(one: ComponentExport): GlueExport[] {
  return functionsOf(one).flatMap(([home, name, { params, result }]) =>
    params.length > 0
      ? []
      : [{ home, name, isResult: result?.kind === "result" }]
  );
}

function blockingOf(one: ComponentExport): string[] {
  return functionsOf(one).flatMap(([home, name, { isAsync }]) =>
    isAsync ? [] : [home === undefined ? name : `${home}#${name}`]
  );
}

/**
 * What a module imports, looked up once for all its instances.
 *
 * @module
 */

import { RESERVED_MODULE } from "../instrument/reserved.ts";
import { HOST_MODULES, type HostModule } from "./host_modules.ts";

/** The import modules that a module uses, and what it uses of each. */
export type Linkage = readonly {
  readonly name: string;
  readonly module: HostModule;
  readonly fields: readonly string[];
}[];

/** What `module`, which was prepared, imports besides what the rewriter added. */
export function linkageOf(module: WebAssembly.Module): Linkage {
  const fields = new Map<string, Set<string>>();
  for (
    const { module: name, name: field } of WebAssembly.Module.imports(module)
  ) {
    if (name === RESERVED_MODULE) continue;
    fields.set(name, (fields.get(name) ?? new Set()).add(field));
  }
  return [...fields].map(([name, each]) => ({
    name,
    module: HOST_MODULES.get(name)!,
    fields: [...each],
  }));
}

/**
 * Components that are written as a module and WIT.
 *
 * @module
 */

import type { HostInterface } from "../host.ts";
import { InterfaceScope } from "../interface_types.ts";
import { HostRegistry } from "../registry.ts";
import type { FunctionType } from "../value_type.ts";
import { parseWit } from "../wit_syntax.ts";
import { build, type ImportedInterface } from "./build.ts";

/** What a component is written as. */
export interface WrittenComponent {
  /** See {@linkcode Source.main}. */
  readonly main: string;
  /** What it imports, all of it. */
  readonly hosts?: readonly HostInterface[];
  /** What it exports: the body of an interface in WIT, by name; `""` for its world. */
  readonly exports?: Readonly<Record<string, string>>;
  /** Exports of the main module that are called after those named. */
  readonly posts?: Readonly<Record<string, string>>;
  /** See {@linkcode Source.libc}. */
  readonly libc?: string;
}

/** Makes a component; it exports `run` when nothing else is said. */
export function componentOf(
  written: WrittenComponent,
): Promise<Uint8Array<ArrayBuffer>> {
  const { main, hosts = [], posts = {}, libc } = written;
  const { exports = { "": "run: func();" } } = written;
  const registry = new HostRegistry(hosts);
  const imports = hosts.map((host): [string, ImportedInterface] => {
    const { functions } = registry.typesOf(host);
    const resources = Object.fromEntries(registry.definedIn(host));
    return [host.name, { functions: Object.fromEntries(functions), resources }];
  });
  const exported = Object.entries(exports).flatMap(([home, wit]) =>
    [...functionsOf(wit)].map(([name, type]) => {
      const whole = home === "" ? name : `${home}#${name}`;
      const post = posts[whole];
      return [whole, { type, ...(post === undefined ? {} : { post }) }];
    })
  );
  return build({
    main,
    imports: Object.fromEntries(imports),
    exports: Object.fromEntries(exported),
    ...(libc === undefined ? {} : { libc }),
  });
}

/** The types of the functions in the body of an interface. */
export function functionsOf(wit: string): ReadonlyMap<string, FunctionType> {
  const scope = new InterfaceScope(parseWit(wit), () => {
    throw new TypeError("Cannot use other interfaces here");
  });
  return scope.types.functions;
}

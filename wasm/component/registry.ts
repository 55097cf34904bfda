/**
 * The interfaces that a host gives, found by what components call them.
 *
 * @module
 */

import type { HostInterface } from "./host.ts";
import {
  InterfaceScope,
  type InterfaceTypes,
  type NamedType,
} from "./interface_types.ts";
import type { ResourceType } from "./value_type.ts";
import { pathOf, trackOf } from "./version.ts";
import { parseWit } from "./wit_syntax.ts";

/** Where a resource of the host is defined. It can be posted to a Worker. */
export interface ResourceHome {
  /** Name of the interface. */
  readonly interface: string;
  /** Its name there. */
  readonly name: string;
}

/** Interfaces of a host. */
export class HostRegistry {
  // By what their names have in common with compatible ones.
  readonly #interfaces: ReadonlyMap<string, HostInterface>;
  // By path, for those who use others without a version.
  readonly #byPath = new Map<string, HostInterface>();
  readonly #scopes = new Map<HostInterface, InterfaceScope>();

  /** @throws {TypeError} Two have compatible names. */
  constructor(interfaces: readonly HostInterface[]) {
    this.#interfaces = new Map(
      interfaces.map((each) => [trackOf(each.name), each]),
    );
    for (const each of interfaces) this.#byPath.set(pathOf(each.name), each);
    if (this.#interfaces.size < interfaces.length) {
      throw new TypeError("Cannot give two interfaces of compatible names");
    }
  }

  /** The names of all, in order. */
  get names(): string[] {
    return [...this.#interfaces.values()].map(({ name }) => name);
  }

  /** What is given to a component that imports `name`. */
  find(name: string): HostInterface | undefined {
    return this.#interfaces.get(trackOf(name));
  }

  /**
   * The types of one of its interfaces.
   *
   * @throws {SyntaxError} Its WIT cannot be read, or uses what is not there.
   */
  typesOf(declared: HostInterface): InterfaceTypes {
    return this.#scopeOf(declared).types;
  }

  /** The resources that one of its interfaces defines, by name. */
  definedIn(declared: HostInterface): ReadonlyMap<string, ResourceType> {
    return this.#scopeOf(declared).defined;
  }

  /** Where `resource`, of the types of one of its interfaces, is defined. */
  homeOf(resource: ResourceType): ResourceHome {
    for (const declared of this.#scopes.keys()) {
      for (const [name, each] of this.definedIn(declared)) {
        if (each === resource) return { interface: declared.name, name };
      }
    }
    throw new TypeError(
      `Cannot find a resource that is not given: ${resource.name}`,
    );
  }

  #scopeOf(declared: HostInterface): InterfaceScope {
    let scope = this.#scopes.get(declared);
    if (scope === undefined) {
      scope = new InterfaceScope(
        parseWit(declared.wit),
        (from, name) => this.#use(declared, from, name),
      );
      this.#scopes.set(declared, scope);
    }
    return scope;
  }

  #use(user: HostInterface, from: string, name: string): NamedType {
    const path = from.includes(":") ? from : beside(user, from);
    // Those of the version of the user, if there are several.
    const version = user.name.split("@")[1];
    const used = this.find(path) ?? this.find(`${path}@${version}`) ??
      this.#byPath.get(path);
    if (used !== undefined) return this.#scopeOf(used).named(name);
    throw new SyntaxError(`Cannot use an interface that is not given: ${from}`);
  }
}

// In the package of the user.
function beside(user: HostInterface, from: string): string {
  return `${pathOf(user.name).split("/", 1)[0]}/${from}`;
}

/**
 * Checks that declarations are complete: that their WIT can be read, and that
 * each function and resource of it is there, and no other.
 *
 * @throws {SyntaxError} The WIT of one cannot be read.
 * @throws {TypeError} Something is not there, or there twice, or not declared.
 */
export function checkHostInterfaces(
  interfaces: readonly HostInterface[],
): void {
  const registry = new HostRegistry(interfaces);
  for (const declared of interfaces) checkInterface(registry, declared);
}

function checkInterface(
  registry: HostRegistry,
  declared: HostInterface,
): void {
  const { name, functions = {}, suspending = {}, resources = {} } = declared;
  const { sharing = new Set<string>() } = declared;
  const types = registry.typesOf(declared);
  const given = [...Object.keys(functions), ...Object.keys(suspending)];
  const defined = registry.definedIn(declared);
  insistSame(name, [...types.functions.keys()], given);
  insistSame(name, given.filter((each) => sharing.has(each)), [...sharing]);
  insistSame(name, [...defined.keys()], Object.keys(resources));
}

function insistSame(
  name: string,
  declared: readonly string[],
  given: readonly string[],
): void {
  const amiss = [
    ...declared.filter((each) => !given.includes(each)),
    ...given.filter((each, at) =>
      !declared.includes(each) || given.indexOf(each) !== at
    ),
  ];
  if (amiss.length === 0) return;
  throw new TypeError(
    `Cannot give ${name}, since declared and given differ: ${amiss.join(", ")}`,
  );
}

/**
 * What glue imports: the functions of the host's interfaces, for one process.
 *
 * @module
 */

import { uncatchable } from "../../core/uncatchable.ts";
import { GuestStopped } from "../../script/guest_error.ts";
import { ComponentError } from "../canonical/mod.ts";
import { keysOf } from "../canonical/names.ts";
import type {
  HostFunction,
  HostGuest,
  HostInterface,
  HostResource,
} from "../host.ts";
import { type FunctionName, parseFunctionName } from "../name.ts";
import type { HostRegistry } from "../registry.ts";
import type { FunctionType, ResourceType, ValueType } from "../value_type.ts";
import { convert, type ConvertResource } from "./convert.ts";

/** The process that glue runs for. */
export interface GlueGuest extends HostGuest {
  /** Whether it has ended. */
  readonly isStopped: boolean;
  /** Ends it, since a function of the host threw what no guest may catch. */
  fail(thrown: unknown): void;
}

/** Makes a function of glue from one of the host. */
type Call = (values: unknown[]) => unknown;

/** A class whose instances stand for resources of one type. */
interface ResourceClass {
  new (...values: unknown[]): object;
  readonly prototype: Record<PropertyKey, unknown>;
  construct: Call;
}

/** Makes what is imported for one process. */
export class HostImports {
  readonly #guest: GlueGuest;
  readonly #registry: HostRegistry;
  readonly #classes = new Map<ResourceType, ResourceClass>();
  // What an instance of a class stands for.
  readonly #resources = new WeakMap<object, unknown>();
  // When what was called last of what is called in turn has answered. Never rejects.
  #turn: Promise<unknown> = Promise.resolve();

  /** @param registry That which the component was checked against. */
  constructor(guest: GlueGuest, registry: HostRegistry) {
    this.#guest = guest;
    this.#registry = registry;
  }

  /**
   * All that is imported, as `instantiate` takes it.
   *
   * @param names What the glue calls each interface, by its name.
   */
  all(names: ReadonlyMap<string, string>): Record<string, unknown> {
    return Object.fromEntries(
      [...names].map(([name, key]) => [key, this.#interface(name)]),
    );
  }

  #interface(name: string): Record<string, unknown> {
    const declared = this.#registry.find(name)!;
    const members: Record<string, unknown> = {};
    for (const [name, type] of this.#registry.definedIn(declared)) {
      const { drop } = declared.resources![name]!;
      members[pascalCase(name)] = this.#define(type, drop);
    }
    for (const [name, type] of this.#registry.typesOf(declared).functions) {
      const host = functionOf(declared, name);
      const call = this.#bind(
        type,
        isSerial(declared, name) ? this.#inTurn(host) : host,
      );
      addMember(members, parseFunctionName(name), call);
    }
    return members;
  }

  #define(type: ResourceType, drop: HostResource["drop"]): ResourceClass {
    const defined = this.#classOf(type);
    const resources = this.#resources;
    const guest = this.#guest;
    defined.prototype[Symbol.dispose] = function (this: object) {
      if (!guest.isStopped) drop?.(guest, resources.get(this));
    };
    return defined;
  }

  // Who asks its node, or takes its messages, does one thing at a time. A guest
  // whose calls are asynchronous may begin others before that.
  #inTurn(host: HostFunction): HostFunction {
    return (guest, ...values) => {
      const turn = this.#turn.then(() => {
        if (this.#guest.isStopped) throw new GuestStopped();
        return host(guest, ...values);
      });
      this.#turn = turn.catch(() => {});
      return turn;
    };
  }

  // Functions can use it before the interface that defines it is made.
  #classOf(type: ResourceType): ResourceClass {
    let known = this.#classes.get(type);
    if (known === undefined) this.#classes.set(type, known = newClass());
    return known;
  }

  #bind({ params, result }: FunctionType, host: HostFunction): Call {
    const give = (type: ValueType | undefined, value: unknown) =>
      convert(type, value, this.#wrap);
    const ok = result?.kind === "result" ? result.ok : result;
    const error = result?.kind === "result" ? result.error : undefined;
    const fail = (thrown: unknown): never => {
      if (thrown instanceof ComponentError && result?.kind === "result") {
        throw new ComponentError(give(error, thrown.payload));
      }
      this.#guest.fail(thrown);
      throw uncatchable(thrown);
    };
    return (values) => {
      try {
        if (this.#guest.isStopped) throw new GuestStopped();
        const taken = params.map(({ type }, nth) =>
          convert(type, values[nth], this.#unwrap)
        );
        const answer = host(this.#guest, ...taken);
        // A future is a promise that the guest is given, and does not wait for.
        if (!(answer instanceof Promise) || isFuture(result)) {
          return give(ok, answer);
        }
        return answer.then((value) => give(ok, value)).catch(fail);
      } catch (thrown) {
        // The guest boundary: what is no answer ends the process.
        return fail(thrown);
      }
    };
  }

  readonly #wrap: ConvertResource = (resource, value) => {
    const instance = Object.create(this.#classOf(resource).prototype);
    this.#resources.set(instance, value);
    return instance;
  };

  readonly #unwrap: ConvertResource = (_resource, value) =>
    this.#resources.get(value as object);
}

function newClass(): ResourceClass {
  return class {
    static construct: Call = () => {
      throw new TypeError("Cannot make a resource that has no constructor");
    };

    // What a constructor returns takes the place of what it would have made.
    constructor(...values: unknown[]) {
      return new.target.construct(values) as object;
    }
  } as unknown as ResourceClass;
}

function addMember(
  members: Record<string, unknown>,
  { role, resource, label }: FunctionName,
  call: Call,
): void {
  const [key] = keysOf([label]) as [string];
  const home = members[pascalCase(resource)] as ResourceClass;
  switch (role) {
    case "constructor":
      home.construct = call;
      return;
    case "method":
      home.prototype[key] = function (this: object, ...values: unknown[]) {
        return call([this, ...values]);
      };
      return;
    case "static":
      Object.assign(home, { [key]: (...values: unknown[]) => call(values) });
      return;
    default:
      members[key] = (...values: unknown[]) => call(values);
  }
}

function functionOf(
  { functions = {}, suspending = {} }: HostInterface,
  name: string,
): HostFunction {
  return (functions[name] ?? suspending[name])!;
}

// Those of WASI can wait for many things at once.
function isSerial({ name, suspending = {} }: HostInterface, member: string) {
  return name.startsWith("rusm:") && Object.hasOwn(suspending, member);
}

function isFuture(type: ValueType | undefined): boolean {
  return type?.kind === "own" && type.resource.isAsync === true;
}

function pascalCase(name: string): string {
  const [key = ""] = name === "" ? [] : keysOf([name]);
  return key.charAt(0).toUpperCase() + key.slice(1);
}

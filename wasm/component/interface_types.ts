/**
 * The types of an interface of the host, made of its WIT.
 *
 * @module
 */

import { formatType } from "./format_type.ts";
import {
  asyncResource,
  type FunctionType,
  type ResourceType,
  type ValueType,
} from "./value_type.ts";
import type {
  WitBody,
  WitDefinition,
  WitField,
  WitFunction,
  WitType,
} from "./wit_syntax.ts";

/** What an interface consists of. All maps are by name. */
export interface InterfaceTypes {
  /** Its functions. */
  readonly functions: ReadonlyMap<string, FunctionType>;
  /** Its resources, those that it uses included. */
  readonly resources: ReadonlyMap<string, ResourceType>;
}

/** What a name of a type stands for. */
export type NamedType =
  | { readonly kind: "resource"; readonly resource: ResourceType }
  | { readonly kind: "value"; readonly type: ValueType };

/** Finds what another interface calls `name`. */
export type FindUsed = (from: string, name: string) => NamedType;

const PRIMITIVES: ReadonlyMap<string, ValueType> = new Map(
  ([
    ...["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"],
    ...["f32", "f64", "char", "string"],
  ] as "u8"[]).map((kind) => [kind, { kind }]),
);

/** The types of one interface, each made when it is first asked for. */
export class InterfaceScope {
  readonly #body: WitBody;
  readonly #findUsed: FindUsed;
  readonly #named = new Map<string, NamedType>();
  #types: InterfaceTypes | undefined;

  /** Makes nothing yet. */
  constructor(body: WitBody, findUsed: FindUsed) {
    this.#body = body;
    this.#findUsed = findUsed;
  }

  /**
   * All of it.
   *
   * @throws {SyntaxError} A name stands for nothing.
   */
  get types(): InterfaceTypes {
    return this.#types ??= this.#make();
  }

  /** The resources that it defines, by name. */
  get defined(): ReadonlyMap<string, ResourceType> {
    const { types } = this.#body;
    const own = [...this.types.resources].filter(([name]) =>
      types.get(name)?.kind === "resource"
    );
    return new Map(own);
  }

  #make(): InterfaceTypes {
    const { uses, types, functions } = this.#body;
    const resources = [...uses.keys(), ...types.keys()]
      .flatMap((name): [string, ResourceType][] => {
        const named = this.named(name);
        return named.kind === "resource" ? [[name, named.resource]] : [];
      });
    return {
      functions: new Map(
        [...functions].map(([name, type]) => [name, this.#function(type)]),
      ),
      resources: new Map(resources),
    };
  }

  /**
   * What `name` stands for here.
   *
   * @throws {SyntaxError} Nothing.
   */
  named(name: string): NamedType {
    let named = this.#named.get(name);
    if (named === undefined) this.#named.set(name, named = this.#find(name));
    return named;
  }

  #find(name: string): NamedType {
    const use = this.#body.uses.get(name);
    if (use !== undefined) return this.#findUsed(use.from, use.name);
    const definition = this.#body.types.get(name);
    if (definition !== undefined) return this.#define(name, definition);
    throw new SyntaxError(`Cannot find a type in WIT: ${name}`);
  }

  #define(name: string, definition: WitDefinition): NamedType {
    switch (definition.kind) {
      case "resource":
        return { kind: "resource", resource: { name } };
      case "alias": {
        const { type } = definition;
        const isName = type.parts.length === 0 && !PRIMITIVES.has(type.name);
        if (isName) return this.named(type.name);
        return { kind: "value", type: this.#type(type) };
      }
      case "record": {
        const fields = this.#fields(definition.fields);
        return { kind: "value", type: { kind: "record", fields } };
      }
      case "variant": {
        const cases = definition.cases.map(({ name, type }) => ({
          name,
          type: this.#optional(type),
        }));
        return { kind: "value", type: { kind: "variant", cases } };
      }
      default:
        return { kind: "value", type: definition };
    }
  }

  #function({ params, result, isAsync }: WitFunction): FunctionType {
    return {
      params: this.#fields(params),
      result: this.#optional(result),
      isAsync,
    };
  }

  #fields(fields: readonly WitField[]) {
    return fields.map(({ name, type }) => ({ name, type: this.#type(type) }));
  }

  #optional(type: WitType | undefined): ValueType | undefined {
    return type === undefined ? undefined : this.#type(type);
  }

  #type({ name, parts, length }: WitType): ValueType {
    switch (name) {
      case "list":
        return { kind: "list", element: this.#part(parts, 0), length };
      case "option":
        return { kind: "option", type: this.#part(parts, 0) };
      case "tuple":
        return { kind: "tuple", types: parts.map((part) => this.#given(part)) };
      case "result":
        return {
          kind: "result",
          ok: this.#optional(parts[0]),
          error: this.#optional(parts[1]),
        };
      case "own":
      case "borrow":
        return { kind: name, resource: this.#resource(parts[0]) };
      case "stream":
      case "future": {
        const carried = this.#optional(parts[0]);
        const text = carried === undefined
          ? name
          : `${name}<${formatType(carried)}>`;
        return { kind: "own", resource: asyncResource(text) };
      }
      default:
        return PRIMITIVES.get(name) ?? valueOf(this.named(name));
    }
  }

  #part(parts: WitType["parts"], index: number): ValueType {
    return this.#given(parts[index]);
  }

  #given(part: WitType | undefined): ValueType {
    if (part !== undefined) return this.#type(part);
    throw new SyntaxError("Cannot leave out a type in WIT here");
  }

  #resource(part: WitType | undefined): ResourceType {
    const named = part && this.named(part.name);
    if (named?.kind === "resource") return named.resource;
    throw new SyntaxError(
      `Cannot lend in WIT what is no resource: ${part?.name ?? "_"}`,
    );
  }
}

// A resource by its name is one that is given away.
function valueOf(named: NamedType): ValueType {
  return named.kind === "value"
    ? named.type
    : { kind: "own", resource: named.resource };
}

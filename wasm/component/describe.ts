/**
 * Components as text.
 *
 * @module
 */

import { InvalidComponent, type Place } from "./errors.ts";
import {
  formatBody,
  formatFields,
  formatFunction,
  type TypeNames,
} from "./format_type.ts";
import { DESCRIPTION_LENGTH_MAX } from "./limits.ts";
import { type FunctionName, parseFunctionName } from "./name.ts";
import type { ComponentExport, ComponentImport } from "./plan.ts";
import { readComponentTypes } from "./plan_component.ts";
import type { FunctionType, ResourceType, ValueType } from "./value_type.ts";

// A description is of all of a component.
const WHOLE: Place = { section: "header", offset: 0 };

type AnyType = ValueType | ResourceType;

/** An interface, imported or exported. */
interface Described {
  readonly name: string;
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly resources: ReadonlyMap<string, ResourceType>;
  readonly types: ReadonlyMap<string, ValueType>;
}

/**
 * What the component `bytes` imports and exports, in WIT notation, a line each;
 * those in an interface are indented. Components of preview 3 can be described.
 *
 * @throws {InvalidComponent} It is malformed, or does not fit together.
 * @throws {NeedsPreview3} It is of a draft of preview 3 that cannot be read.
 *
 * @example A component without imports and exports
 * ```ts
 * import { strictEqual } from "node:assert";
 * import { describeComponent } from "@rusm/wasm";
 *
 * const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
 * strictEqual(describeComponent(header), "world {\n}\n");
 * ```
 */
export function describeComponent(bytes: Uint8Array): string {
  const { imports, exports } = readComponentTypes(bytes);
  const description = new Description();
  for (const one of imports) description.addImport(one);
  for (const one of exports) description.addExport(one);
  return `world {\n${description.text}}\n`;
}

/** Lines so far, and which names were given, and where. Invariant: text.length ≤ DESCRIPTION_LENGTH_MAX. */
class Description {
  /** The lines, each with its end. */
  text = "";
  readonly #homes = new Map<AnyType, { home: string; name: string }>();
  readonly #worldNames = new Map<AnyType, string>();

  addImport(one: ComponentImport): void {
    switch (one.kind) {
      case "function":
        return this.#addLine(
          `import ${this.#worldFunction(one.name, one.type)}`,
        );
      case "interface":
        return this.#addInterface("import", one);
      default:
        return this.#addWorldType(one);
    }
  }

  addExport(one: ComponentExport): void {
    switch (one.kind) {
      case "function":
        return this.#addLine(
          `export ${this.#worldFunction(one.name, one.function.type)}`,
        );
      case "interface": {
        const types = [...one.functions].map((
          [name, { type }],
        ): [string, FunctionType] => [name, type]);
        const functions = new Map(types);
        return this.#addInterface("export", { ...one, functions });
      }
      default:
        return this.#addWorldType(one);
    }
  }

  #addLine(line: string): void {
    this.text += `  ${line}\n`;
    if (this.text.length <= DESCRIPTION_LENGTH_MAX) return;
    throw new InvalidComponent(
      `Cannot describe a component in ${DESCRIPTION_LENGTH_MAX} characters`,
      WHOLE,
    );
  }

  #worldFunction(name: string, type: FunctionType): string {
    return `${name}: ${formatFunction(type, this.#worldNames)};`;
  }

  #addWorldType(
    one: Extract<ComponentImport, { kind: "type" | "resource" }>,
  ): void {
    const type = one.kind === "type" ? one.type : one.resource;
    const line = this.#useLine("world", one.name, type, this.#worldNames);
    if (line !== undefined) this.#addLine(line);
    else if (one.kind === "resource") this.#addLine(`resource ${one.name};`);
    else this.#addLine(typeLine(one.name, one.type, this.#worldNames));
  }

  #addInterface(word: string, described: Described): void {
    const { name: home, functions, resources, types } = described;
    const names = new Map(this.#worldNames);
    const left = new Map(functions);
    const own: string[] = [];
    this.#addLine(`${word} ${home}: interface {`);
    for (const [name, resource] of resources) {
      const line = this.#useLine(home, name, resource, names);
      if (line === undefined) own.push(name);
      else this.#addLine(`  ${line}`);
    }
    for (const [name, type] of types) {
      const line = this.#useLine(home, name, type, names);
      this.#addLine(`  ${line ?? typeLine(name, type, names)}`);
    }
    const members = takeMembers(left);
    for (const name of own) this.#addResource(name, members.get(name), names);
    for (const [name, type] of left) {
      this.#addLine(`  ${name}: ${formatFunction(type, names)};`);
    }
    this.#addLine("}");
  }

  #addResource(
    resource: string,
    members: readonly Member[] | undefined,
    names: TypeNames,
  ): void {
    if (members === undefined) return this.#addLine(`  resource ${resource};`);
    this.#addLine(`  resource ${resource} {`);
    for (const member of members) {
      this.#addLine(`    ${memberLine(member, names)}`);
    }
    this.#addLine("  }");
  }

  /** Names a type; gives a line if it has a name elsewhere already. */
  #useLine(
    home: string,
    name: string,
    type: AnyType,
    names: Map<AnyType, string>,
  ): string | undefined {
    // Types without parts are one object, whatever they are called.
    if ("kind" in type && isPrimitive(type)) return undefined;
    const known = this.#homes.get(type);
    if (known?.home === home) return `type ${name} = ${known.name};`;
    names.set(type, name);
    if (known === undefined) {
      this.#homes.set(type, { home, name });
      return undefined;
    }
    const as = known.name === name ? name : `${known.name} as ${name}`;
    return `use ${known.home}.{${as}};`;
  }
}

function isPrimitive({ kind }: ValueType): boolean {
  return /^(bool|[su](8|16|32|64)|f32|f64|char|string)$/.test(kind);
}

function typeLine(name: string, type: ValueType, names: TypeNames): string {
  const body = formatBody(type, names);
  if (/^(record|variant|flags|enum)$/.test(type.kind)) {
    return body.replace(" ", ` ${name} `);
  }
  return `type ${name} = ${body};`;
}

/** A function of a resource. */
interface Member {
  readonly name: FunctionName;
  readonly type: FunctionType;
}

/** Takes the functions of resources out of `functions`; by resource. */
function takeMembers(
  functions: Map<string, FunctionType>,
): ReadonlyMap<string, readonly Member[]> {
  const members = Map.groupBy(
    [...functions].map(([text, type]) => ({
      text,
      name: parseFunctionName(text),
      type,
    })),
    ({ name }) => name.resource,
  );
  members.delete("");
  for (const { text } of [...members.values()].flat()) functions.delete(text);
  return members;
}

function memberLine(
  { name: { role, label }, type }: Member,
  names: TypeNames,
): string {
  switch (role) {
    case "constructor":
      return `constructor(${formatFields(type.params, names)});`;
    case "method": {
      // The first parameter is the resource itself, which WIT leaves out.
      const params = type.params.slice(1);
      return `${label}: ${formatFunction({ ...type, params }, names)};`;
    }
    default:
      return `${label}: static ${formatFunction(type, names)};`;
  }
}

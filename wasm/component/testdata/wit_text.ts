/**
 * Types as WIT that can be read again.
 *
 * @module
 */

import type { ValueType } from "../value_type.ts";

/** Types that were written. */
export class WitText {
  /** What has names: records, variants, flags and enums. */
  definitions = "";
  #count = 0;

  /** Writes `type`; gives what it is referred to by. */
  typeName(type: ValueType): string {
    switch (type.kind) {
      case "list":
        return `list<${this.typeName(type.element)}>`;
      case "option":
        return `option<${this.typeName(type.type)}>`;
      case "tuple":
        return `tuple<${type.types.map((each) => this.typeName(each)).join()}>`;
      case "result":
        return this.#result(type);
      case "record":
        return this.#define(
          "record",
          type.fields.map(({ name, type }) =>
            `%${name}: ${this.typeName(type)}`
          ),
        );
      case "variant":
        return this.#define(
          "variant",
          type.cases.map(({ name, type }) =>
            type === undefined ? `%${name}` : `%${name}(${this.typeName(type)})`
          ),
        );
      case "flags":
      case "enum":
        return this.#define(type.kind, type.names.map((name) => `%${name}`));
      default:
        return type.kind;
    }
  }

  #result({ ok, error }: Extract<ValueType, { kind: "result" }>): string {
    if (ok === undefined && error === undefined) return "result";
    const first = ok === undefined ? "_" : this.typeName(ok);
    if (error === undefined) return `result<${first}>`;
    return `result<${first}, ${this.typeName(error)}>`;
  }

  #define(kind: string, items: readonly string[]): string {
    const name = `t${this.#count++}`;
    this.definitions += `${kind} ${name} { ${items.join(", ")} }\n`;
    return name;
  }

  /** A world of a function of a type, both imported and exported. */
  world(type: string): string {
    return `package test:oracle;
      world guest {
        ${this.definitions}
        import sink: func(x: ${type}) -> ${type};
        export echo: func(x: ${type}) -> ${type};
        export lie: func() -> ${type};
      }`;
  }
}

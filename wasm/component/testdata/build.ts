/**
 * Components of one module of their own, written by hand or generated.
 *
 * @module
 */

import { assemble } from "../../instrument/testdata/text.ts";
import type { FunctionType, ResourceType } from "../value_type.ts";
import {
  component,
  extern,
  optional,
  raw,
  section,
  text,
  TypeWriter,
  u32,
  vec,
} from "./encode.ts";

type Bytes = readonly number[];

/** What a component is made of. */
export interface Source {
  /**
   * The main module, as text. It imports the memory and `realloc` from `libc`,
   * and from `host` each function that the component imports, and
   * `drop-` each of its resources.
   */
  readonly main: string;
  /** What the component imports: functions, by interface. */
  readonly imports?: Readonly<Record<string, ImportedInterface>>;
  /** What it exports: functions of the main module, by name or `interface#name`. */
  readonly exports: Readonly<Record<string, ExportedFunction>>;
  /** The module of the memory and `realloc`; one that never frees when absent. */
  readonly libc?: string;
}

/** An interface that a component imports. */
export interface ImportedInterface {
  /** Its functions; names must not be those of another interface. */
  readonly functions: Readonly<Record<string, FunctionType>>;
  /** Its resources, by name. */
  readonly resources?: Readonly<Record<string, ResourceType>>;
}

/** A function that a component exports. */
export interface ExportedFunction {
  /** Its type. */
  readonly type: FunctionType;
  /** Export of the main module that is called afterwards. */
  readonly post?: string;
}

const LIBC = `(module
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 4096))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.const -16)
      (i32.add (global.get $next) (i32.const 15))))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (block (br_if 0 (i32.le_u (global.get $next)
        (i32.mul (memory.size) (i32.const 65536))))
      (drop (memory.grow (i32.const 16))))
    (memory.copy (local.get $at) (local.get 0) (local.get 1))
    (local.get $at)))`;

const OPTIONS: Bytes = vec([[0x00], [0x03, 0], [0x04, 0]]);

/** Makes a component. */
export async function build(source: Source): Promise<Uint8Array<ArrayBuffer>> {
  const { main, imports = {}, exports, libc = LIBC } = source;
  const writer = new Builder(Object.entries(imports));
  const sections = [
    ...writer.imports(),
    raw(1, [...await assemble(libc)]),
    raw(1, [...await assemble(`(module ${main})`)]),
    section(2, [0, 0, 0]),
    section(
      6,
      [0, 2, 1, 0, ...text("memory")],
      [0, 0, 1, 0, ...text("realloc")],
    ),
    ...writer.lowered(),
    ...writer.exports(Object.entries(exports)),
  ];
  return component(...sections) as Uint8Array<ArrayBuffer>;
}

/** Keeps count of indices. */
class Builder {
  readonly #imports: readonly [string, ImportedInterface][];
  #types = 0;
  #coreFunctions = 1;
  readonly #functions: string[] = [];
  readonly #resources: string[] = [];
  readonly #resourceTypes = new Map<ResourceType, number>();

  constructor(imports: readonly [string, ImportedInterface][]) {
    this.#imports = imports;
  }

  imports(): Bytes[] {
    const sections: Bytes[] = [];
    this.#imports.forEach(([name, given], instance) => {
      const type = this.#types++;
      const functions = Object.keys(given.functions);
      const resources = Object.entries(given.resources ?? {});
      sections.push(section(7, instanceType(given)));
      sections.push(section(10, [...extern(name), 5, ...u32(type)]));
      sections.push(section(
        6,
        ...functions.map((each) => [1, 0, ...u32(instance), ...text(each)]),
        ...resources.map(([each]) => [3, 0, ...u32(instance), ...text(each)]),
      ));
      this.#functions.push(...functions);
      for (const [each, resource] of resources) {
        this.#resources.push(each);
        this.#resourceTypes.set(resource, this.#types++);
      }
    });
    return sections;
  }

  lowered(): Bytes[] {
    const lowers = this.#functions.map((
      _,
      index,
    ) => [1, 0, ...u32(index), ...OPTIONS]);
    const drops = [...this.#resourceTypes.values()].map((
      type,
    ) => [3, ...u32(type)]);
    const names = [
      ...this.#functions,
      ...this.#resources.map((name) => `drop-${name}`),
    ];
    const first = this.#coreFunctions;
    this.#coreFunctions += names.length;
    return [
      section(8, ...lowers, ...drops),
      section(2, [
        1,
        ...vec(names.map((name, at) => [...text(name), 0, ...u32(first + at)])),
      ]),
      section(2, [
        0,
        1,
        ...vec([[...text("host"), 0x12, 1], [...text("libc"), 0x12, 0]]),
      ]),
    ];
  }

  exports(exports: readonly [string, ExportedFunction][]): Bytes[] {
    const sections: Bytes[] = [];
    const interfaces = new Map<string, [string, number][]>();
    for (const [name, { type, post }] of exports) {
      const types = new TypeWriter(this.#types, this.#resourceTypes);
      const index = types.function(type);
      this.#types += types.definitions.length;
      const options = [[0x00], [0x03, 0], [0x04, 0]];
      if (post !== undefined) {
        sections.push(section(6, [0, 0, 1, 2, ...text(post)]));
        options.push([0x05, ...u32(this.#coreFunctions++)]);
      }
      sections.push(
        section(7, ...types.definitions),
        section(6, [0, 0, 1, 2, ...text(name)]),
        section(8, [
          0,
          0,
          ...u32(this.#coreFunctions++),
          ...vec(options),
          ...u32(index),
        ]),
      );
      const callee = this.#functions.push(name) - 1;
      const [home, member] = name.split("#");
      if (member === undefined) {
        sections.push(exported(name, 1, callee));
        // An export is a new index.
        this.#functions.push(name);
      } else {
        const members = interfaces.get(home!) ?? [];
        interfaces.set(home!, [...members, [member, callee]]);
      }
    }
    let instance = this.#imports.length;
    for (const [name, members] of interfaces) {
      sections.push(section(5, [
        1,
        ...vec(members.map(([member, callee]) => [
          ...extern(member),
          1,
          ...u32(callee),
        ])),
      ]));
      sections.push(exported(name, 5, instance));
      instance += 2;
    }
    return sections;
  }
}

function exported(name: string, sort: number, index: number): Bytes {
  return section(11, [
    ...extern(name),
    sort,
    ...u32(index),
    ...optional(undefined),
  ]);
}

function instanceType({ functions, resources = {} }: ImportedInterface): Bytes {
  const known = Object.entries(resources);
  const indices = new Map(
    known.map(([, resource], index) => [resource, index]),
  );
  const declarations = known.map(([name]) => [4, ...extern(name), 3, 1]);
  let count = known.length;
  for (const [name, type] of Object.entries(functions)) {
    const types = new TypeWriter(count, indices);
    const index = types.function(type);
    count += types.definitions.length;
    declarations.push(
      ...types.definitions.map((each) => [1, ...each]),
      [4, ...extern(name), 1, ...u32(index)],
    );
  }
  return [0x42, ...vec(declarations)];
}

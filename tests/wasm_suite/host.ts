/**
 * What the suite expects a host to offer, as the module `spectest`.
 *
 * @module
 */

const PRINTERS = [
  ...["print", "print_i32", "print_i64", "print_f32", "print_f64"],
  ...["print_i32_f32", "print_f64_f64"],
];

/** A new `spectest`. `log` is told of each call of a printer. */
export function makeHost(
  log: (line: string) => void,
): WebAssembly.ModuleImports {
  const printers = PRINTERS.map((name) => [
    name,
    (...values: unknown[]) => log(`${name}(${values.join(", ")})`),
  ]);
  const table = { initial: 10, maximum: 20, element: "anyfunc" } as const;
  // The types do not know 64-bit tables.
  const table64 = { ...table, initial: 10n, maximum: 20n, address: "i64" };
  return {
    ...Object.fromEntries(printers),
    global_i32: new WebAssembly.Global({ value: "i32" }, 666),
    global_i64: new WebAssembly.Global({ value: "i64" }, 666n),
    global_f32: new WebAssembly.Global({ value: "f32" }, 666.6),
    global_f64: new WebAssembly.Global({ value: "f64" }, 666.6),
    table: new WebAssembly.Table(table),
    table64: new WebAssembly.Table(
      table64 as unknown as WebAssembly.TableDescriptor,
    ),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    shared_memory: new WebAssembly.Memory({
      initial: 1,
      maximum: 2,
      shared: true,
    }),
  };
}

/**
 * What can be seen of instances from outside.
 *
 * @module
 */

import { RESERVED_PREFIX } from "../../wasm/instrument/reserved.ts";

const ENTRIES_MAX = 256;
const BYTES_MAX = 2 ** 24;

/**
 * The state of all exports, as text: contents of memories, values of globals,
 * entries of tables, and which of them are the same objects.
 *
 * @param instances The exports of each, in the order in which they were made.
 */
export function snapshot(instances: readonly WebAssembly.Exports[]): string {
  const identities = new Identities();
  return instances.flatMap((exports) =>
    Object.entries(exports)
      .filter(([name]) => !name.startsWith(RESERVED_PREFIX))
      .map(([name, value]) => `${name}=${describe(value, identities)}`)
  ).join("\n");
}

/** Objects by number, in the order in which they are first seen. */
class Identities {
  readonly #numbers = new Map<unknown, number>();

  name(object: unknown): string {
    const known = this.#numbers.get(object);
    if (known !== undefined) return `#${known}`;
    this.#numbers.set(object, this.#numbers.size);
    return `#${this.#numbers.size - 1}`;
  }
}

function describe(
  value: WebAssembly.ExportValue,
  identities: Identities,
): string {
  const name = identities.name(value);
  if (value instanceof WebAssembly.Memory) return `${name} ${digest(value)}`;
  if (value instanceof WebAssembly.Global) {
    return `${name} ${held(() => value.value, identities)}`;
  }
  if (!(value instanceof WebAssembly.Table)) return name;
  return `${name} ${entriesOf(value, identities).join()}`;
}

function entriesOf(table: WebAssembly.Table, identities: Identities): string[] {
  // The types do not know 64-bit tables, whose sizes are of this type.
  const size = table.length as number | bigint;
  const count = Math.min(Number(size), ENTRIES_MAX);
  const entries = Array.from({ length: count }, (_, index) => {
    const key = typeof size === "bigint" ? BigInt(index) : index;
    return held(() => table.get(key as number), identities);
  });
  return [String(size), ...entries];
}

// JavaScript cannot hold a vector, nor some references, and says so.
function held(read: () => unknown, identities: Identities): string {
  try {
    const value = read();
    const isObject = typeof value === "function" ||
      typeof value === "object" && value !== null;
    return isObject ? identities.name(value) : String(value);
  } catch (error) {
    return String(error);
  }
}

function digest({ buffer }: WebAssembly.Memory): string {
  const words = new Uint32Array(
    buffer,
    0,
    Math.min(buffer.byteLength, BYTES_MAX) / 4,
  );
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return `${buffer.byteLength}:${hash >>> 0}`;
}

/**
 * Performs calls on an instance of the probe: the same code in Node, on
 * node:wasi, and in Deno, on our host.
 *
 * An argument is a number, a bigint as text with `n` at its end, or
 * - `{ path }`: becomes pointer and length of the text;
 * - `{ data: [text, …] }`: pointer and count of an array of `ciovec`;
 * - `{ room: [size, …] }`: pointer and count of an array of `iovec`;
 * - `{ out: size }`: a pointer to so many bytes;
 * - `{ buffer: size }`: pointer and length of so many bytes.
 *
 * @module
 */

const SCRATCH = 4096;

// What the probe has at first: what is behind it belongs to others.
const MEMORY_BYTES = 4 * 65536;

/**
 * @param {Record<string, Function>} exports Of the probe.
 * @param {unknown[][]} calls Name of the function, then its arguments.
 * @returns {Promise<{errno: number, outs: string[]}[]>} What each returned, and
 * the bytes of its outputs, in hexadecimal, in the order of the arguments.
 */
export async function perform(exports, calls) {
  const results = [];
  const memory = /** @type {any} */ (exports).memory;
  for (const [name, ...args] of calls) {
    new Uint8Array(memory.buffer, 0, MEMORY_BYTES).fill(0);
    const scratch = new Scratch(memory.buffer);
    const values = args.flatMap((arg) => scratch.lower(arg));
    const errno = await exports[/** @type {string} */ (name)](...values);
    results.push({ errno, outs: scratch.outs(memory.buffer) });
  }
  return results;
}

class Scratch {
  /** @param {ArrayBuffer} memory */
  constructor(memory) {
    this.view = new DataView(memory);
    this.bytes = new Uint8Array(memory);
    this.at = SCRATCH;
    /** @type {[number, number][]} */
    this.results = [];
  }

  /** @param {number} size */
  take(size) {
    const at = this.at;
    this.at += Math.ceil(size / 8) * 8;
    return at;
  }

  /** @param {string} text */
  text(text) {
    const bytes = new TextEncoder().encode(text);
    const at = this.take(bytes.length);
    this.bytes.set(bytes, at);
    return [at, bytes.length];
  }

  /** @param {number[][]} pieces */
  vector(pieces) {
    const at = this.take(pieces.length * 8);
    pieces.flat().forEach((value, index) =>
      this.view.setUint32(at + index * 4, value, true)
    );
    return [at, pieces.length];
  }

  /** @param {number} size */
  out(size) {
    const at = this.take(size);
    this.results.push([at, size]);
    return at;
  }

  /** @param {any} arg */
  lower(arg) {
    if (typeof arg === "number") return [arg];
    if (typeof arg === "string") return [BigInt(arg.slice(0, -1))];
    if ("path" in arg) return this.text(arg.path);
    if ("out" in arg) return [this.out(arg.out)];
    if ("buffer" in arg) return [this.out(arg.buffer), arg.buffer];
    if ("data" in arg) return this.vector(arg.data.map((t) => this.text(t)));
    return this.vector(arg.room.map((size) => [this.out(size), size]));
  }

  /** @param {ArrayBuffer} memory */
  outs(memory) {
    return this.results.map(([at, size]) =>
      Array.from(
        new Uint8Array(memory, at, size),
        (byte) => byte.toString(16).padStart(2, "0"),
      ).join("")
    );
  }
}

/**
 * Writing values; see `value.ts`.
 *
 * @module
 */

import { Pid } from "@rusm/otp";
import { cloneBytes } from "./clone.ts";
import { PLAIN_DEPTH_MAX, SCRATCH_BYTES_MAX } from "./limits.ts";
import { shapeOf } from "./shape.ts";
import { TEXT, textBytesMax, writeText, type WrittenText } from "./text.ts";
import { TAG } from "./value.ts";

const FIRST_BYTES = 4_096;
const SEEN_LIST_MAX = 8;

/**
 * Writes values one behind the other, into a buffer that is used again.
 *
 * Reading a message calls its getters, and those of a proxy: whatever they
 * throw, the caller gets.
 */
export class ValueWriter {
  /** What was written, up to {@linkcode ValueWriter.length}; taken back by the next `reset`. */
  bytes = new Uint8Array(FIRST_BYTES);
  /** How many bytes were written. */
  length = 0;
  #view = new DataView(this.bytes.buffer);
  readonly #text: WrittenText = { form: TEXT.latin1, length: 0 };
  // Objects of the value that is written: one that is there twice must be one
  // object on the other side too.
  #seen: object[] = [];
  #seenMore: Set<object> | undefined;

  /** Forgets what was written. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > SCRATCH_BYTES_MAX) this.#resize(FIRST_BYTES);
  }

  /**
   * Writes `value`.
   *
   * @throws What the serializer or a getter throws when it cannot be copied.
   * What was written of it is taken back.
   */
  write(value: unknown): void {
    const before = this.length;
    try {
      if (this.#writePlain(value, 0)) return;
      this.length = before;
      this.#writeBytes(TAG.clone, cloneBytes(value));
    } catch (thrown) {
      this.length = before;
      throw thrown;
    } finally {
      this.#seen.length = 0;
      this.#seenMore = undefined;
    }
  }

  /** Writes a whole number of 32 bits, without a tag. */
  writeWord(word: number): void {
    this.#makeRoom(4);
    this.#view.setInt32(this.length, word, true);
    this.length += 4;
  }

  // False when it is not plain: what was written of it is of no use then.
  #writePlain(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "string":
        return this.#writeText(value);
      case "number":
        return this.#writeNumber(value);
      case "boolean":
        return this.#writeTag(value ? TAG.true : TAG.false);
      case "undefined":
        return this.#writeTag(TAG.undefined);
      case "bigint":
        return this.#writeTag(TAG.bigint) && this.#writeText(`${value}`);
      case "object":
        if (value === null) return this.#writeTag(TAG.null);
        return depth < PLAIN_DEPTH_MAX && this.#writeObject(value, depth);
      default:
        return false;
    }
  }

  #writeTag(tag: number): true {
    this.#makeRoom(1);
    this.bytes[this.length++] = tag;
    return true;
  }

  #writeNumber(value: number): true {
    this.#makeRoom(9);
    const isInt = (value | 0) === value && !Object.is(value, -0);
    this.bytes[this.length++] = isInt ? TAG.int : TAG.float;
    if (isInt) this.#view.setInt32(this.length, value, true);
    else this.#view.setFloat64(this.length, value, true);
    this.length += isInt ? 4 : 8;
    return true;
  }

  #writeText(value: string): true {
    this.#makeRoom(5 + textBytesMax(value));
    const at = this.length;
    const text = this.#text;
    writeText(value, this.bytes, at + 5, text);
    this.bytes[at] = TAG.text + text.form;
    this.#view.setUint32(at + 1, text.length, true);
    this.length = at + 5 + text.length;
    return true;
  }

  #writeCount(tag: number, count: number): void {
    this.#makeRoom(5);
    this.bytes[this.length] = tag;
    this.#view.setUint32(this.length + 1, count, true);
    this.length += 5;
  }

  #writeBytes(tag: number, bytes: Uint8Array): true {
    this.#writeCount(tag, bytes.length);
    this.#makeRoom(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return true;
  }

  #writeObject(value: object, depth: number): boolean {
    if (value instanceof Pid) return this.#writePid(value);
    if (this.#hasSeen(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    switch (prototype) {
      case Object.prototype:
      case null:
        return this.#writeRecord(value as Record<string, unknown>, depth);
      case Array.prototype:
        return this.#writeArray(value as unknown[], depth);
      case Uint8Array.prototype:
        return isBytes(value) && this.#writeBytes(TAG.bytes, value);
      default:
        return this.#writeCollection(value, depth);
    }
  }

  #hasSeen(value: object): boolean {
    if (this.#seenMore !== undefined) {
      if (this.#seenMore.has(value)) return true;
      this.#seenMore.add(value);
      return false;
    }
    if (this.#seen.includes(value)) return true;
    this.#seen.push(value);
    if (this.#seen.length > SEEN_LIST_MAX) this.#seenMore = new Set(this.#seen);
    return false;
  }

  #writePid({ node, scheduler, serial, alias }: Pid): true {
    this.#makeRoom(20);
    this.bytes[this.length] = TAG.pid;
    this.bytes[this.length + 1] = scheduler;
    this.#view.setUint16(this.length + 2, node, true);
    this.#view.setFloat64(this.length + 4, serial, true);
    this.#view.setFloat64(this.length + 12, alias, true);
    this.length += 20;
    return true;
  }

  #writeRecord(value: Record<string, unknown>, depth: number): boolean {
    const keys = Object.keys(value);
    const shape = shapeOf(keys);
    if (shape >= 0) return this.#writeShape(shape, keys, value, depth);
    this.#writeCount(TAG.object, keys.length);
    for (const key of keys) {
      this.#writeText(key);
      if (!this.#writePlain(value[key], depth + 1)) return false;
    }
    return true;
  }

  #writeShape(
    shape: number,
    keys: readonly string[],
    value: Record<string, unknown>,
    depth: number,
  ): boolean {
    this.#makeRoom(2);
    this.bytes[this.length] = TAG.shape;
    this.bytes[this.length + 1] = shape;
    this.length += 2;
    for (const key of keys) {
      if (!this.#writePlain(value[key], depth + 1)) return false;
    }
    return true;
  }

  // One with holes, or with more than elements, is not plain.
  #writeArray(value: unknown[], depth: number): boolean {
    const { length } = value;
    const keys = Array.isArray(value) ? Object.keys(value) : [];
    // Indices come first, in order.
    const isDense = keys.length === length &&
      (length === 0 || keys[length - 1] === `${length - 1}`);
    if (!isDense) return false;
    this.#writeCount(TAG.array, length);
    return this.#writeEach(value, depth);
  }

  #writeEach(values: Iterable<unknown>, depth: number): boolean {
    for (const value of values) {
      if (!this.#writePlain(value, depth + 1)) return false;
    }
    return true;
  }

  // The tag, unlike the prototype, cannot be borrowed: other objects throw.
  #writeCollection(value: object, depth: number): boolean {
    if (value instanceof Map) {
      this.#writeCount(TAG.map, value.size);
      return this.#writeEach(pairs(value), depth);
    }
    if (value instanceof Set) {
      this.#writeCount(TAG.set, value.size);
      return this.#writeEach(value, depth);
    }
    if (!(value instanceof Date)) return false;
    return this.#writeTag(TAG.date) && this.#writeNumber(value.getTime());
  }

  #makeRoom(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const before = this.bytes.subarray(0, this.length);
    this.#resize(Math.max(needed, 2 * this.bytes.length));
    this.bytes.set(before);
  }

  #resize(length: number): void {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }
}

function isBytes(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

function* pairs(map: Map<unknown, unknown>): Generator<unknown> {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}

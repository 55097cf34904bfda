/**
 * Reading values; see `value.ts`.
 *
 * @module
 */

import { Pid } from "@rusm/otp";
import { cloneOf } from "./clone.ts";
import { readShape } from "./shape.ts";
import { readText, type TextForm } from "./text.ts";
import { TAG } from "./value.ts";

/**
 * Reads values, one behind the other, from where they were written.
 *
 * What it gives is its own: nothing of it changes with `bytes`, which may be
 * shared memory.
 */
export class ValueReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** Reads from `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Goes on at `position`. */
  seek(position: number): this {
    this.#at = position;
    return this;
  }

  /** Reads what {@linkcode ValueWriter.writeWord} wrote. */
  readWord(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  /**
   * Reads what {@linkcode ValueWriter.write} wrote.
   *
   * @throws It is nested too deeply for the stack of this thread.
   */
  read(): unknown {
    const tag = this.#bytes[this.#at++]!;
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.int:
        return this.readWord();
      case TAG.float:
        return this.#readFloat();
      case TAG.bigint:
        return BigInt(this.read() as string);
      case TAG.array:
        return this.#readArray();
      case TAG.object:
        return this.#readRecord();
      case TAG.shape:
        return readShape(this.#bytes[this.#at++]!, this);
      case TAG.map:
        return this.#readMap();
      case TAG.set:
        return new Set(this.#readArray());
      case TAG.date:
        return new Date(this.read() as number);
      case TAG.pid:
        return this.#readPid();
      case TAG.bytes:
        return this.#readBytes();
      case TAG.clone:
        return cloneOf(this.#readBytes());
      default:
        return this.#readText((tag - TAG.text) as TextForm);
    }
  }

  #readFloat(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  #readText(form: TextForm): string {
    const length = this.#readCount();
    this.#at += length;
    return readText(form, this.#bytes, this.#at - length, this.#at);
  }

  #readCount(): number {
    return this.readWord() >>> 0;
  }

  #readBytes(): Uint8Array {
    const length = this.#readCount();
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  #readArray(): unknown[] {
    const count = this.#readCount();
    const values: unknown[] = [];
    for (let index = 0; index < count; index++) values.push(this.read());
    return values;
  }

  #readRecord(): Record<string, unknown> {
    const count = this.#readCount();
    const record: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const key = this.read() as string;
      const value = this.read();
      if (key === "__proto__") define(record, key, value);
      else record[key] = value;
    }
    return record;
  }

  #readMap(): Map<unknown, unknown> {
    const count = this.#readCount();
    const map = new Map<unknown, unknown>();
    for (let index = 0; index < count; index++) {
      const key = this.read();
      map.set(key, this.read());
    }
    return map;
  }

  #readPid(): Pid {
    const scheduler = this.#bytes[this.#at]!;
    const node = this.#view.getUint16(this.#at + 1, true);
    this.#at += 3;
    const serial = this.#readFloat();
    return new Pid(node, scheduler, serial, this.#readFloat());
  }
}

// An assignment would set the prototype.
function define(record: object, key: string, value: unknown): void {
  Object.defineProperty(record, key, {
    ...{ value, configurable: true, enumerable: true, writable: true },
  });
}

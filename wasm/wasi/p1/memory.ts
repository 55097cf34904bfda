/**
 * A guest's memory, as host functions read and write it.
 *
 * @module
 */

import { IOVEC_BYTES } from "./abi.ts";
import { WasiError } from "../errors.ts";
import { PATH_BYTES_MAX } from "../files/limits.ts";
import { BUFFERS_MAX } from "./limits.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Checked access to the memory of an instance.
 *
 * Pointers and lengths may be given as Wasm gives them, as signed numbers.
 * Every method throws `WasiError` EFAULT when any byte lies outside, before it
 * does anything. Holds nothing of a process but views of its memory.
 */
export class GuestMemory {
  readonly #source: () => ArrayBuffer;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #view: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0));

  /** Reads its bytes from what `source` returns at the time of each access. */
  constructor(source: () => ArrayBuffer) {
    this.#source = source;
  }

  /** A view of the guest's bytes, valid until the guest runs again. */
  bytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const start = this.insist(pointer, length);
    return this.#bytes.subarray(start, start + (length >>> 0));
  }

  /** Checks that `length` bytes are there. Returns the pointer without its sign. */
  insist(pointer: number, length: number): number {
    this.#renew();
    const start = pointer >>> 0;
    if (start + (length >>> 0) > this.#bytes.length) {
      throw new WasiError("EFAULT");
    }
    return start;
  }

  // A memory that grows gets another buffer, and its old one loses its bytes.
  #renew(): void {
    const buffer = this.#source();
    if (this.#view.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  // The views are renewed by `insist`, so it comes first in each of these.

  /** Reads a byte. */
  u8(pointer: number): number {
    const at = this.insist(pointer, 1);
    return this.#view.getUint8(at);
  }

  /** Reads 2 bytes. */
  u16(pointer: number): number {
    const at = this.insist(pointer, 2);
    return this.#view.getUint16(at, true);
  }

  /** Reads 4 bytes. */
  u32(pointer: number): number {
    const at = this.insist(pointer, 4);
    return this.#view.getUint32(at, true);
  }

  /** Reads 8 bytes. */
  u64(pointer: number): bigint {
    const at = this.insist(pointer, 8);
    return this.#view.getBigUint64(at, true);
  }

  /** Writes a byte. */
  setU8(pointer: number, value: number): void {
    const at = this.insist(pointer, 1);
    this.#view.setUint8(at, value);
  }

  /** Writes 2 bytes. */
  setU16(pointer: number, value: number): void {
    const at = this.insist(pointer, 2);
    this.#view.setUint16(at, value, true);
  }

  /** Writes 4 bytes. */
  setU32(pointer: number, value: number): void {
    const at = this.insist(pointer, 4);
    this.#view.setUint32(at, value, true);
  }

  /** Writes 8 bytes. */
  setU64(pointer: number, value: bigint): void {
    const at = this.insist(pointer, 8);
    this.#view.setBigUint64(at, value, true);
  }

  /**
   * Reads a path.
   *
   * @throws {WasiError} ENAMETOOLONG, EILSEQ when it is not UTF-8, EINVAL when
   * it holds a zero.
   */
  path(pointer: number, length: number): string {
    if (length >>> 0 > PATH_BYTES_MAX) throw new WasiError("ENAMETOOLONG");
    const path = decoded(this.bytes(pointer, length));
    if (path.includes("\0")) throw new WasiError("EINVAL");
    return path;
  }

  /**
   * Reads an array of `iovec` or `ciovec`.
   *
   * @param bytesMax What all of them hold together at most; the rest is cut.
   * @returns Views in the order of the array, without the empty ones.
   * @throws {WasiError} EINVAL when there are more than {@linkcode BUFFERS_MAX}.
   */
  buffers(pointer: number, count: number, bytesMax: number): Uint8Array[] {
    if (count >>> 0 > BUFFERS_MAX) throw new WasiError("EINVAL");
    const start = this.insist(pointer, (count >>> 0) * IOVEC_BYTES);
    const buffers: Uint8Array[] = [];
    let left = bytesMax;
    for (let index = 0; index < count >>> 0; index++) {
      const at = start + index * IOVEC_BYTES;
      const buffer = this.bytes(this.u32(at), this.u32(at + 4));
      if (buffer.length === 0 || left === 0) continue;
      buffers.push(buffer.subarray(0, left));
      left = Math.max(0, left - buffer.length);
    }
    return buffers;
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    // A fatal decoder has one error only.
    throw new WasiError("EILSEQ");
  }
}

/**
 * Decoders of texts that come in chunks, of one process.
 *
 * Those of UTF-8 are the guest's own. What other encodings keep between two
 * chunks only the host's decoder knows.
 *
 * @module
 */

import { decoderOf } from "../../host/encoding.ts";
import { bytes, text } from "../../host/pure.ts";
import { DECODERS_MAX } from "../../limits.ts";
import { type HostValue, OPS } from "../ops.ts";

/** The open decoders, by the numbers that the guest gave them. */
export class Decoders {
  readonly #decoders = new Map<number, TextDecoder>();

  /** Does what `OPS` says of an operation of decoders, and throws what it says. */
  call(op: number, [id, first, second]: HostValue[]): HostValue {
    switch (op) {
      case OPS.decoderOpen:
        return this.open(Number(id), text(first), Number(second));
      case OPS.decodeChunk:
        return this.decode(Number(id), bytes(first), second === 1);
      default:
        return this.close(Number(id));
    }
  }

  /**
   * Opens one.
   *
   * @throws {RangeError} The label is unknown, or too many are open.
   */
  open(id: number, label: string, flags: number): undefined {
    if (this.#decoders.size >= DECODERS_MAX) {
      throw new RangeError(
        `Cannot decode more than ${DECODERS_MAX} texts in chunks at once`,
      );
    }
    this.#decoders.set(id, decoderOf(label, flags));
  }

  /**
   * Decodes a chunk; the last one closes the decoder.
   *
   * @throws {TypeError} There is no such decoder, or the bytes are malformed
   * and that is an error: then it is closed.
   */
  decode(id: number, bytes: Uint8Array, isLast: boolean): string {
    const decoder = this.#decoders.get(id);
    if (decoder === undefined) {
      throw new TypeError("Cannot decode with a decoder that is closed");
    }
    if (isLast) this.close(id);
    try {
      return decoder.decode(bytes, { stream: !isLast });
    } catch (malformed) {
      this.close(id);
      throw malformed;
    }
  }

  /** Closes one. An unknown one is ignored. */
  close(id: number): undefined {
    this.#decoders.delete(id);
  }
}

/**
 * `TextEncoderStream` and `TextDecoderStream`.
 *
 * @module
 */

import { core } from "../linked.ts";
import { type Ends, makeEnds } from "./transform.ts";

const { encodeText, library } = core;
const { TextDecoder } = library("text");
const { apply } = Reflect;
const { decode } = TextDecoder.prototype;

/** @see Encoding Standard, `TextEncoderStream`. Differs: nothing. */
export class TextEncoderStream {
  #ends: Ends;
  // The first half of a pair whose second half is in the next chunk.
  #high = "";

  constructor() {
    this.#ends = makeEnds({
      transform: (chunk, controller) => {
        const text = this.#high + `${chunk}`;
        const isCut = /[\ud800-\udbff]$/.test(text);
        this.#high = isCut ? text.slice(-1) : "";
        const whole = isCut ? text.slice(0, -1) : text;
        if (whole !== "") controller.enqueue(encodeText(whole));
      },
      flush: (controller) => {
        if (this.#high !== "") controller.enqueue(encodeText(this.#high));
      },
    });
  }

  /** Always UTF-8. */
  get encoding(): string {
    this.#ends;
    return "utf-8";
  }

  /** Bytes. */
  get readable(): ReadableStream {
    return this.#ends.readable;
  }

  /** Text. */
  get writable(): WritableStream {
    return this.#ends.writable;
  }
}

/** @see Encoding Standard, `TextDecoderStream`. Differs: nothing. */
export class TextDecoderStream {
  #decoder: InstanceType<typeof TextDecoder>;
  #ends: Ends;

  constructor(
    label: unknown = "utf-8",
    options: { fatal?: boolean; ignoreBOM?: boolean } | undefined = {},
  ) {
    this.#decoder = new TextDecoder(label, options);
    this.#ends = makeEnds({
      transform: (chunk, controller) => {
        // `decode` would take nothing for an empty chunk.
        if (chunk === undefined) {
          throw new TypeError("Cannot decode what is no bytes");
        }
        const text = apply(decode, this.#decoder, [chunk, { stream: true }]);
        if (text !== "") controller.enqueue(text);
      },
      flush: (controller) => {
        const text = apply(decode, this.#decoder, []);
        if (text !== "") controller.enqueue(text);
      },
    });
  }

  /** Canonical name, lower case. */
  get encoding(): string {
    return this.#decoder.encoding;
  }

  /** Whether malformed bytes are an error. */
  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  /** Whether a byte order mark is kept. */
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  /** Text. */
  get readable(): ReadableStream {
    return this.#ends.readable;
  }

  /** Bytes. */
  get writable(): WritableStream {
    return this.#ends.writable;
  }
}

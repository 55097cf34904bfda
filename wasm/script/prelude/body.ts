/**
 * What `Request` and `Response` have in common. Bodies are whole: there are no
 * streams.
 *
 * @module
 */

import { decodeText, encodeText, viewBytes } from "./encoding.ts";
import { URLSearchParams } from "./url_search_params.ts";

/** Text that was not encoded yet, or bytes. */
export type Content = string | Uint8Array<ArrayBuffer> | null;

/** A body that can be read once, unless it is null. */
export class Body {
  #content: Content;
  #used = false;

  constructor(content: Content) {
    this.#content = content;
  }

  /** Whether there is nothing to read. */
  get isNull(): boolean {
    return this.#content === null;
  }

  /** Whether it has been read. A null body never is. */
  get isUsed(): boolean {
    return this.#used;
  }

  /**
   * Reads the body.
   *
   * @returns Bytes that the caller owns; null for a null body.
   * @throws {TypeError} It was read before.
   */
  take(): Uint8Array<ArrayBuffer> | null {
    const content = this.#read();
    return typeof content === "string" ? encodeText(content) : content;
  }

  /**
   * Reads the body as it is, for the host, which encodes text faster.
   *
   * @throws {TypeError} It was read before.
   */
  takeContent(): Content {
    return this.#read();
  }

  /**
   * Reads the body as text.
   *
   * @throws {TypeError} It was read before.
   */
  takeText(): string {
    const content = this.#read() ?? "";
    if (typeof content !== "string") return decodeText(content);
    return content.startsWith("\ufeff") ? content.slice(1) : content;
  }

  /**
   * A body of the same content, which counts as read here.
   *
   * @throws {TypeError} It was read before.
   */
  move(): Body {
    return new Body(this.#read());
  }

  /**
   * A second body of the same content.
   *
   * @throws {TypeError} It was read before.
   */
  clone(): Body {
    this.#checkUnused();
    const content = this.#content;
    return new Body(content instanceof Uint8Array ? content.slice() : content);
  }

  #read(): Content {
    this.#checkUnused();
    this.#used = this.#content !== null;
    return this.#content;
  }

  #checkUnused(): void {
    if (this.#used) throw new TypeError("Cannot read a body a second time");
  }
}

/** The standard's mixin `Body`. Differs: no streams, `blob()`, `formData()`. */
export interface BodyMixin {
  /** Null; throws NotSupportedError when there is a body: there are no streams. */
  readonly body: null;
  /** Whether the body was read. */
  readonly bodyUsed: boolean;
  /** Reads the body. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the body as UTF-8 and parses it. */
  json(): Promise<unknown>;
  /** Reads the body as UTF-8. */
  text(): Promise<string>;
}

/** Puts the mixin on the prototype of a class whose bodies `bodyOf` knows. */
export function mixBody<T extends object>(
  prototype: T,
  bodyOf: (self: T) => Body,
): void {
  const mixin: BodyMixin & ThisType<T> = {
    get body() {
      if (bodyOf(this).isNull) return null;
      const advice = "use text(), json(), bytes() or arrayBuffer()";
      throw new DOMException(
        `Cannot read a body as a stream: ${advice}`,
        "NotSupportedError",
      );
    },
    get bodyUsed() {
      return bodyOf(this).isUsed;
    },
    async arrayBuffer() {
      return await (bodyOf(this).take() ?? new Uint8Array()).buffer;
    },
    async bytes() {
      return await (bodyOf(this).take() ?? new Uint8Array());
    },
    async json() {
      return await JSON.parse(bodyOf(this).takeText());
    },
    async text() {
      return await bodyOf(this).takeText();
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(mixin));
}

/** A `BodyInit` taken in: the body, and the content type that it implies. */
export interface ExtractedBody {
  /** Shares nothing with the guest's value. */
  body: Body;
  /** Null when the value implies none. */
  type: string | null;
}

/**
 * Takes in a `BodyInit`.
 *
 * @throws {TypeError} It is an iterable of chunks: there are no streams.
 */
export function extractBody(init: unknown): ExtractedBody {
  if (init === undefined || init === null) {
    return { body: new Body(null), type: null };
  }
  const bytes = viewBytes(init);
  if (bytes !== undefined) return { body: new Body(bytes.slice()), type: null };
  if (init instanceof URLSearchParams) {
    const type = "application/x-www-form-urlencoded;charset=UTF-8";
    return { body: new Body(init.toString()), type };
  }
  if (typeof init === "object" && Symbol.asyncIterator in init) {
    throw new TypeError("Cannot take a body in chunks: there are no streams");
  }
  const body = new Body(`${init}`.toWellFormed());
  return { body, type: "text/plain;charset=UTF-8" };
}

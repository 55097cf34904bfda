/**
 * What `Request` and `Response` have in common: a body, whole or as a stream.
 *
 * A body that is read as a whole is never made a stream of.
 *
 * @module
 */

import { core } from "../linked.ts";

const { decodeText, encodeText, library, loadedLibrary, viewBytes } = core;

/** Text that was not encoded yet, or bytes. */
export type Content = string | Uint8Array<ArrayBuffer>;

/** Bytes that come piece by piece. */
export interface Chunks {
  /** The next piece; null at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Says that no more is wanted. */
  close(): void;
}

/** What a body is made of. */
export type Source =
  | { type: "content"; content: Content }
  | { type: "chunks"; chunks: Chunks }
  | { type: "stream"; stream: ReadableStream };

/** A body that can be read once, unless it is null. */
export class Body {
  #source: Source | null;
  #isTaken = false;

  constructor(source: Source | null) {
    this.#source = source;
  }

  /** A body of bytes or text; null for none. */
  static of(content: Content | null): Body {
    return new Body(content === null ? null : { type: "content", content });
  }

  /** Whether there is nothing to read. */
  get isNull(): boolean {
    return this.#source === null;
  }

  /** Whether it is here already, or null. */
  get isWhole(): boolean {
    return this.#source === null || this.#source.type === "content";
  }

  /** Whether anything of it has been read. Never of a null body. */
  get isUsed(): boolean {
    return this.#isTaken || this.#source?.type === "stream" &&
        library("streams").isDisturbed(this.#source.stream);
  }

  /** The body as a stream, the same one each time. */
  get stream(): ReadableStream | null {
    const source = this.#source;
    if (source === null) return null;
    if (source.type === "stream") return source.stream;
    const streams = library("streams");
    const stream = this.#isTaken
      ? streams.makeUsed()
      : streams.makeStream(chunksOf(source));
    this.#source = { type: "stream", stream };
    return stream;
  }

  /**
   * Takes the body as it is; what is read then is the caller's business.
   *
   * @throws {TypeError} It was read before, or is locked.
   */
  take(): Source | null {
    this.checkUsable();
    this.#isTaken = this.#source !== null;
    return this.#source;
  }

  /**
   * Reads all of it.
   *
   * @throws {TypeError} It was read before, or is locked.
   */
  async read(): Promise<Content> {
    const source = this.take();
    if (source === null) return "";
    return source.type === "content"
      ? source.content
      : await join(readerOf(source));
  }

  /** Reads all of it as bytes that the caller owns. Throws as `read` does. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const content = await this.read();
    return typeof content === "string" ? encodeText(content) : content;
  }

  /** Reads all of it as text. Throws as `read` does. */
  async text(): Promise<string> {
    const content = await this.read();
    if (typeof content !== "string") return decodeText(content);
    return content.startsWith("\ufeff") ? content.slice(1) : content;
  }

  /**
   * A body of the same content, which counts as read here.
   *
   * @throws {TypeError} It was read before, or is locked.
   */
  move(): Body {
    if (this.#source?.type !== "stream") return new Body(this.take());
    this.checkUsable();
    const stream = library("streams").passThrough(this.#source.stream);
    return new Body({ type: "stream", stream });
  }

  /**
   * A second body of the same content.
   *
   * @throws {TypeError} It was read before, or is locked.
   */
  clone(): Body {
    this.checkUsable();
    const source = this.#source;
    if (source === null) return new Body(null);
    if (source.type === "content") return Body.of(copyOf(source.content));
    const [stream, other] = library("streams").tee(this.stream!);
    this.#source = { type: "stream", stream };
    return new Body({ type: "stream", stream: other });
  }

  /** @throws {TypeError} It was read before, or is locked. */
  checkUsable(): void {
    const isLocked = this.#source?.type === "stream" &&
      library("streams").isLocked(this.#source.stream);
    if (this.isUsed || isLocked) {
      throw new TypeError("Cannot read a body a second time");
    }
  }
}

function copyOf(content: Content): Content {
  return typeof content === "string" ? content : content.slice();
}

function readerOf(
  source: Exclude<Source, { type: "content" }>,
): () => Promise<Uint8Array<ArrayBuffer> | null> {
  return source.type === "chunks"
    ? () => source.chunks.read()
    : library("streams").readerOf(source.stream);
}

function chunksOf(source: Exclude<Source, { type: "stream" }>): Chunks {
  if (source.type === "chunks") return source.chunks;
  const { content } = source;
  let bytes: Uint8Array<ArrayBuffer> | null = typeof content === "string"
    ? encodeText(content)
    : content;
  return {
    async read() {
      const whole = bytes;
      bytes = null;
      return whole?.length ? await whole : null;
    },
    close: () => bytes = null,
  };
}

async function join(
  read: () => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<Uint8Array<ArrayBuffer>> {
  let joined = new Uint8Array();
  let length = 0;
  for (;;) {
    const chunk = await read();
    if (chunk === null) {
      return length === joined.length ? joined : joined.slice(0, length);
    }
    if (length === 0) joined = chunk;
    else {
      if (length + chunk.length > joined.length) {
        const room = Math.max(2 * joined.length, length + chunk.length);
        const larger = new Uint8Array(room);
        larger.set(joined.subarray(0, length));
        joined = larger;
      }
      joined.set(chunk, length);
    }
    length += chunk.length;
  }
}

/** The standard's mixin `Body`. */
export interface BodyMixin {
  /** The body as a stream of bytes; null if there is none. */
  readonly body: ReadableStream | null;
  /** Whether the body was read. */
  readonly bodyUsed: boolean;
  /** Reads the body. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** Reads the body as one of its content type. */
  blob(): Promise<Blob>;
  /** Reads the body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the body as a form, multipart or urlencoded. */
  formData(): Promise<FormData>;
  /** Reads the body as UTF-8 and parses it. */
  json(): Promise<unknown>;
  /** Reads the body as UTF-8. */
  text(): Promise<string>;
  /** Reads the body as UTF-8, piece by piece. */
  textStream(): ReadableStream;
}

/** What the mixin must know of an object. */
export interface BodyOwner {
  /** Its body. */
  body: Body;
  /** Its content type; null for none. */
  type: string | null;
}

const { parse } = JSON;

/** Puts the mixin on the prototype of a class whose bodies `ownerOf` knows. */
export function mixBody<T extends object>(
  prototype: T,
  ownerOf: (self: T) => BodyOwner,
): void {
  const mixin: BodyMixin & ThisType<T> = {
    get body() {
      return ownerOf(this).body.stream;
    },
    get bodyUsed() {
      return ownerOf(this).body.isUsed;
    },
    async arrayBuffer() {
      return (await ownerOf(this).body.bytes()).buffer;
    },
    async blob() {
      const { body, type } = ownerOf(this);
      const bytes = await body.bytes();
      return library("forms").makeBlob(bytes, type ?? "");
    },
    async bytes() {
      return await ownerOf(this).body.bytes();
    },
    async formData() {
      const { body, type } = ownerOf(this);
      return library("forms").parseForm(await body.bytes(), type);
    },
    async json() {
      return parse(await ownerOf(this).body.text());
    },
    async text() {
      return await ownerOf(this).body.text();
    },
    textStream() {
      const { body } = ownerOf(this);
      body.checkUsable();
      const streams = library("streams");
      return streams.textOf(body.stream ?? streams.makeUsed());
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(mixin));
}

/** A `BodyInit` taken in: the body, and the content type that it implies. */
export interface ExtractedBody {
  /** Shares nothing with the guest's value, unless that is a stream. */
  body: Body;
  /** Null when the value implies none. */
  type: string | null;
}

/**
 * Takes in a `BodyInit`.
 *
 * @throws {TypeError} It is a stream that is locked or was read.
 */
export function extractBody(init: unknown): ExtractedBody {
  if (typeof init === "string") return extractText(init);
  if (init === undefined || init === null) {
    return { body: new Body(null), type: null };
  }
  const bytes = init instanceof SharedArrayBuffer ? undefined : viewBytes(init);
  if (bytes !== undefined) return { body: Body.of(bytes.slice()), type: null };
  if (typeof init === "object") {
    const extracted = extractObject(init);
    if (extracted !== undefined) return extracted;
  }
  return extractText(`${init}`);
}

function extractText(text: string): ExtractedBody {
  const body = Body.of(text.toWellFormed());
  return { body, type: "text/plain;charset=UTF-8" };
}

function extractObject(init: object): ExtractedBody | undefined {
  if (init instanceof SharedArrayBuffer) {
    throw new TypeError("Cannot take a buffer as a body that is shared");
  }
  const params = loadedLibrary("url")?.paramsText(init);
  if (params !== undefined) {
    const type = "application/x-www-form-urlencoded;charset=UTF-8";
    return { body: Body.of(params), type };
  }
  const form = loadedLibrary("forms")?.extract(init);
  if (form !== undefined) return { body: Body.of(form.bytes), type: form.type };
  const streams = loadedLibrary("streams");
  if (streams?.isStream(init)) return extractStream(init, streams);
  if (!(Symbol.asyncIterator in init)) return undefined;
  const stream = library("streams").fromIterable(init);
  return { body: new Body({ type: "stream", stream }), type: null };
}

function extractStream(
  stream: ReadableStream,
  { isDisturbed, isLocked }: {
    isDisturbed(stream: ReadableStream): boolean;
    isLocked(stream: ReadableStream): boolean;
  },
): ExtractedBody {
  if (isDisturbed(stream) || isLocked(stream)) {
    throw new TypeError(
      "Cannot take a stream as a body that is locked or read",
    );
  }
  return { body: new Body({ type: "stream", stream }), type: null };
}

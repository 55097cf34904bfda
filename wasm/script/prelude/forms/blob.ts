/**
 * `Blob` and `File`. Their bytes lie in the guest's memory, and never change:
 * slices share them.
 *
 * @module
 */

import { core } from "../linked.ts";

const { decodeText, demandArguments, encodeText, library, viewBytes } = core;

/** Bytes of an object that is a blob; undefined for anything else. */
export let blobBytes: (value: unknown) => Uint8Array<ArrayBuffer> | undefined;

/** A blob of these bytes, which it shares. */
export let makeBlob: (bytes: Uint8Array<ArrayBuffer>, type: string) => Blob;

interface BlobOptions {
  /** Default: empty. */
  type?: string;
  /** What line ends in text become. Default: `transparent`. */
  endings?: string;
}

/** Bytes that a blob is made of, handed to its constructor instead of parts. */
class Whole {
  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}
}

/** @see File API, `Blob`. Differs: nothing. */
export class Blob {
  #bytes: Uint8Array<ArrayBuffer>;
  #type: string;

  static {
    blobBytes = (value) =>
      typeof value === "object" && value !== null && #bytes in value
        ? value.#bytes
        : undefined;
    makeBlob = (bytes, type) => {
      const blob = new Blob(new Whole(bytes));
      blob.#type = normalType(type);
      return blob;
    };
  }

  constructor(
    parts: unknown = undefined,
    options: BlobOptions | undefined = {},
  ) {
    if (parts instanceof Whole) {
      this.#bytes = parts.bytes;
      this.#type = "";
      return;
    }
    const list = partsOf(parts);
    const { endings = "transparent", type = "" } = checkOptions(options);
    if (!["transparent", "native"].includes(`${endings}`)) {
      throw new TypeError(`Cannot take these endings: ${endings}`);
    }
    this.#type = normalType(`${type}`);
    this.#bytes = join(list.map((part) => bytesOf(part, `${endings}`)));
  }

  /** In bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Media type, lower case; empty if it is unknown. */
  get type(): string {
    return this.#type;
  }

  /** A part of it. Negative numbers count from the end. */
  slice(
    start: number | undefined = undefined,
    end: number | undefined = undefined,
    type: string | undefined = undefined,
  ): Blob {
    const { length } = this.#bytes;
    const from = clampIndex(start ?? 0, length);
    const to = end === undefined ? length : clampIndex(end, length);
    const bytes = this.#bytes.subarray(from, Math.max(from, to));
    return makeBlob(bytes, type === undefined ? "" : `${type}`);
  }

  /** Its bytes, copied. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return await this.#bytes.slice().buffer;
  }

  /** Its bytes, copied. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#bytes.slice();
  }

  /** Its bytes as UTF-8. */
  async text(): Promise<string> {
    return await decodeText(this.#bytes);
  }

  /** Its text, piece by piece. */
  textStream(): ReadableStream {
    return library("streams").textOf(Reflect.apply(streamOf, this, []));
  }

  /** Its bytes, piece by piece. */
  stream(): ReadableStream {
    const bytes = this.#bytes;
    let at = 0;
    return library("streams").makeStream({
      async read() {
        const chunk = bytes.slice(at, at + CHUNK_BYTES);
        at += chunk.length;
        return chunk.length === 0 ? null : await chunk;
      },
      close: () => {},
    });
  }
}

const { stream: streamOf } = Blob.prototype;

const CHUNK_BYTES = 65_536;

interface FileOptions extends BlobOptions {
  /** In milliseconds since 1970. Default: now. */
  lastModified?: number;
}

/** Extends because a file is a blob. @see File API, `File`. Differs: nothing. */
export class File extends Blob {
  #name: string;
  #lastModified: number;

  constructor(
    parts: unknown,
    name: unknown,
    options: FileOptions | undefined = {},
  ) {
    demandArguments("File", 2, arguments.length);
    super(partsOf(parts, true), options);
    this.#name = `${name}`.toWellFormed();
    const { lastModified } = checkOptions(options) as FileOptions;
    this.#lastModified = lastModified === undefined
      ? Date.now()
      : toLongLong(lastModified);
  }

  /** Its name, without a path. */
  get name(): string {
    return this.#name;
  }

  /** In milliseconds since 1970. */
  get lastModified(): number {
    return this.#lastModified;
  }

  /** Always empty: no directory was chosen. */
  get webkitRelativePath(): string {
    this.#name;
    return "";
  }
}

function checkOptions(options: BlobOptions | null): BlobOptions {
  if (options === null) return {};
  if (typeof options === "object" || typeof options === "function") {
    return options;
  }
  throw new TypeError(`Cannot take options that are a ${typeof options}`);
}

function partsOf(parts: unknown, isNeeded = false): unknown[] {
  if (parts === undefined && !isNeeded) return [];
  const isObject = typeof parts === "object" && parts !== null ||
    typeof parts === "function";
  if (isObject && Symbol.iterator in parts) {
    return [...parts as Iterable<unknown>];
  }
  throw new TypeError("Cannot make a blob of what is no sequence of parts");
}

function bytesOf(part: unknown, endings: string): Uint8Array<ArrayBuffer> {
  const bytes = viewBytes(part) ?? blobBytes(part);
  if (bytes !== undefined) return bytes as Uint8Array<ArrayBuffer>;
  const text = `${part}`;
  return encodeText(
    endings === "native" ? text.replace(/\r\n?/g, "\n") : text,
  );
}

/** One array of copies. */
export function join(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function normalType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
}

/** WebIDL `[Clamp] long long`, then from the end when negative. */
function clampIndex(value: unknown, length: number): number {
  const number = Number(value);
  const index = Number.isNaN(number) ? 0 : roundHalfToEven(number);
  return index < 0 ? Math.max(length + index, 0) : Math.min(index, length);
}

function roundHalfToEven(number: number): number {
  const floor = Math.floor(number);
  if (number - floor !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** WebIDL `long long`, as far as a number is exact. */
function toLongLong(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isFinite(number) ? number + 0 : 0;
}

/**
 * The bodies of outgoing messages.
 *
 * @module
 */

import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import { type OutputSink, OutputStream } from "../io/output_stream.ts";
import { BodyPipe } from "./body_pipe.ts";
import { bodyFailure, httpError } from "./error_code.ts";
import { type Fields, latin1 } from "./fields.ts";

/** What a body is of. */
export interface BodyKind {
  /** The error of one whose length is not what its header says. */
  readonly sizeTag: "HTTP-request-body-size" | "HTTP-response-body-size";
  /** Its length, when a header says it. */
  readonly length: bigint | undefined;
}

/** The resource `outgoing-body`. */
export class OutgoingBody {
  /** What was written. */
  readonly pipe: BodyPipe = new BodyPipe();
  readonly #kind: BodyKind;
  #stream: "none" | "open" | "dropped" = "none";
  #written = 0n;

  /** Nothing was written yet. */
  constructor(kind: BodyKind) {
    this.#kind = kind;
  }

  /** The stream to write it by, of which there is one. @throws {ComponentError} It was asked for before. */
  write(): OutputStream {
    if (this.#stream !== "none") throw new ComponentError(undefined);
    this.#stream = "open";
    return new OutputStream(
      new BodyOutput(this.pipe, {
        write: (bytes) => this.#write(bytes),
        close: () => void (this.#stream = "dropped"),
      }),
    );
  }

  #write(bytes: Uint8Array): void {
    this.#written += BigInt(bytes.length);
    const { length, sizeTag } = this.#kind;
    if (length !== undefined && this.#written > length) {
      this.pipe.abort();
      throw bodyFailure({ tag: sizeTag, val: this.#written });
    }
    this.pipe.write(bytes);
  }

  /**
   * Ends it, with `trailers` behind it, which are its own. Only requests of no
   * known length have room for them; elsewhere they are left out, as RFC 9110,
   * 6.5 allows.
   *
   * @throws {CanonicalTrap} Its stream is still there.
   * @throws {ComponentError} It is shorter than was said: it is aborted then.
   */
  finish(trailers: Fields | undefined): void {
    const entries = trailers?.entries ?? [];
    trailers?.drop();
    this.#insistNoStream();
    const { length, sizeTag } = this.#kind;
    if (length !== undefined && this.#written !== length) {
      this.pipe.abort();
      throw httpError({ tag: sizeTag, val: this.#written });
    }
    this.pipe.end(entries);
  }

  /** Aborts it. @throws {CanonicalTrap} Its stream is still there. */
  drop(): void {
    this.pipe.abort();
    this.#insistNoStream();
  }

  #insistNoStream(): void {
    if (this.#stream !== "open") return;
    throw new CanonicalTrap("Cannot end an outgoing-body before its stream");
  }
}

/** A body as a stream writes it. */
class BodyOutput implements OutputSink {
  readonly write: OutputSink["write"];
  readonly close: () => void;
  readonly #pipe: BodyPipe;

  constructor(
    pipe: BodyPipe,
    { write, close }: { write: OutputSink["write"]; close: () => void },
  ) {
    this.#pipe = pipe;
    this.write = write;
    this.close = close;
  }

  get isReady(): boolean {
    return this.#pipe.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#pipe.watch(wake);
  }

  room(): number | undefined {
    return this.#pipe.room();
  }
}

/**
 * What `content-length` says; undefined without one.
 *
 * @throws {RangeError} It says nothing, or different things.
 */
export function contentLengthOf(fields: Fields): bigint | undefined {
  const values = new Set(fields.get("content-length").map(latin1));
  if (values.size === 0) return undefined;
  const [value] = values;
  if (values.size === 1 && /^\d{1,18}$/.test(value!)) return BigInt(value!);
  throw new RangeError("Cannot send a content-length that is no length");
}

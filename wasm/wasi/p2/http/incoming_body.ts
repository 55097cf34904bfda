/**
 * The bodies and trailers of incoming messages.
 *
 * @module
 */

import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import { type Condition, Watchers } from "../../watchers.ts";
import { BorrowedSource } from "../io/borrowed_source.ts";
import { InputStream } from "../io/input_stream.ts";
import { Children, Pollable } from "../io/pollable.ts";
import { type BodyReader, BodySource } from "./body_source.ts";
import type { HttpErrorCode } from "./error_code.ts";
import { type FieldBudget, Fields } from "./fields.ts";

/** The resource `incoming-body`. */
export class IncomingBody {
  readonly #source: BodySource;
  readonly #budget: FieldBudget;
  #stream: "none" | "open" | "dropped" = "none";

  /** Reads from `reader`, and cancels it. */
  constructor(reader: BodyReader, budget: FieldBudget) {
    this.#source = new BodySource(reader);
    this.#budget = budget;
  }

  /** The stream of its bytes, of which there is one. @throws {ComponentError} It was asked for before. */
  stream(): InputStream {
    if (this.#stream !== "none") throw new ComponentError(undefined);
    this.#stream = "open";
    return new InputStream(
      new BorrowedSource(this.#source, () => void (this.#stream = "dropped")),
    );
  }

  /** Reads it to its end. @throws {CanonicalTrap} Its stream is still there. */
  finish(): FutureTrailers {
    this.#insistNoStream();
    return new FutureTrailers(this.#source, this.#budget);
  }

  /** Nobody reads any more. @throws {CanonicalTrap} Its stream is still there. */
  drop(): void {
    this.#source.cancel();
    this.#insistNoStream();
  }

  #insistNoStream(): void {
    if (this.#stream !== "open") return;
    throw new CanonicalTrap("Cannot end an incoming-body before its stream");
  }
}

/** What `future-trailers` answers: outside, whether it was asked for before. */
export type TrailersAnswer =
  | {
    readonly tag: "ok";
    readonly val:
      | { readonly tag: "ok"; readonly val: Fields | undefined }
      | { readonly tag: "err"; readonly val: HttpErrorCode };
  }
  | { readonly tag: "err"; readonly val: undefined };

/** The resource `future-trailers`. */
export class FutureTrailers implements Condition {
  readonly #source: BodySource;
  readonly #budget: FieldBudget;
  readonly #watchers = new Watchers();
  readonly #pollables = new Children("future-trailers");
  #isTaken = false;

  /** Reads `source` to its end, and drops what it reads. */
  constructor(source: BodySource, budget: FieldBudget) {
    this.#source = source;
    this.#budget = budget;
    source.drain().then(() => this.#watchers.wake());
  }

  get isReady(): boolean {
    return this.#source.isOver;
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  /** The trailers, once. Undefined while they are not there. */
  get(): TrailersAnswer | undefined {
    if (!this.isReady) return undefined;
    if (this.#isTaken) return { tag: "err", val: undefined };
    this.#isTaken = true;
    const { failure } = this.#source;
    if (failure !== undefined) {
      return { tag: "ok", val: { tag: "err", val: failure } };
    }
    return { tag: "ok", val: { tag: "ok", val: this.#trailers() } };
  }

  #trailers(): Fields | undefined {
    const entries = this.#source.trailers();
    if (entries.length === 0) return undefined;
    return Fields.received(this.#budget, entries);
  }

  /** A pollable that is ready when there is an answer. */
  subscribe(): Pollable {
    return new Pollable(this, this.#pollables);
  }

  /** Nobody waits any more. @throws {CanonicalTrap} It has pollables. */
  drop(): void {
    this.#source.cancel();
    this.#pollables.insistNone();
  }
}

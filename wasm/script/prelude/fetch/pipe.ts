/**
 * Pipes: bytes that come from the host or go there piece by piece.
 *
 * @module
 */

import { OPS, PIPE_CHUNK_BYTES_MAX } from "../../ops.ts";
import { core } from "../linked.ts";
import type { Operation } from "../operations.ts";

const { abandonOperation, callHost, startOperation } = core;
const { apply } = Reflect;
const { register } = FinalizationRegistry.prototype;

// A body that nobody reads to its end is let go with its pipe.
const dropped = new FinalizationRegistry<number>((id) => {
  callHost(OPS.pipeClose, id);
});

/** The guest's end of a pipe. One read and one write may be under way. */
export class Pipe {
  readonly #id: number;
  #reading: Operation | undefined;
  #writing: Operation | undefined;
  #aborted: { reason: unknown } | undefined;
  #isOpen = true;

  /** Called once, when no more is to be read. */
  whenDone: () => void = () => {};

  /** The end of a pipe that the host has opened, or opens next. */
  constructor(id: number) {
    this.#id = id;
    apply(register, dropped, [this, id]);
  }

  /** Whether `abort` was called. */
  get isAborted(): boolean {
    return this.#aborted !== undefined;
  }

  /**
   * Waits for the next bytes.
   *
   * @returns Null at the end.
   * @throws What the host reports, or the reason of `abort`.
   */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#checkNotAborted();
    if (!this.#isOpen) return null;
    this.#reading = startOperation(OPS.pipeRead, this.#id);
    const { bytes } = await this.#reading.settled;
    this.#reading = undefined;
    if (bytes === null) this.#close();
    return bytes;
  }

  /** Writes `bytes`; resolves when the other end can take more. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIPE_CHUNK_BYTES_MAX) {
      this.#checkNotAborted();
      const piece = bytes.subarray(at, at + PIPE_CHUNK_BYTES_MAX);
      this.#writing = startOperation(OPS.pipeWrite, this.#id, piece);
      await this.#writing.settled;
    }
  }

  /** Ends what is written: well, or with what went wrong. */
  end(message: string | null = null): void {
    callHost(OPS.pipeEnd, this.#id, message);
  }

  /** Lets go of both sides. */
  close(): void {
    if (!this.#isOpen) return;
    this.#close();
    callHost(OPS.pipeClose, this.#id);
  }

  /** Lets go of both sides; who reads or writes gets `reason`. */
  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    if (this.#reading) abandonOperation(this.#reading.id, reason);
    if (this.#writing) abandonOperation(this.#writing.id, reason);
    this.close();
  }

  #checkNotAborted(): void {
    if (this.#aborted !== undefined) throw this.#aborted.reason;
  }

  #close(): void {
    this.#isOpen = false;
    this.whenDone();
  }
}

/**
 * The streams of a script, whose jobs can use them at once.
 *
 * @module
 */

import type { GuestStreams } from "../core/streams.ts";

/**
 * Orders what is done with the streams of one process: of one stream, one read
 * and one write at a time, in the order they were asked for.
 */
export class ScriptStreams {
  readonly #streams: GuestStreams;
  // The last thing that is under way with a stream.
  readonly #last = new Map<number, Promise<unknown>>();

  /** Nothing is under way. */
  constructor(streams: GuestStreams) {
    this.#streams = streams;
  }

  /** See {@linkcode GuestStreams.read}. */
  read(stream: number): Promise<Uint8Array | undefined> {
    return this.#inOrder(stream, () => this.#streams.read(stream, Infinity));
  }

  /** See {@linkcode GuestStreams.write}. */
  write(stream: number, bytes: Uint8Array): Promise<number> {
    return this.#inOrder(stream, () => this.#streams.write(stream, bytes));
  }

  #inOrder<Value>(
    stream: number,
    use: () => Promise<Value>,
  ): Promise<Value> {
    const before = this.#last.get(stream);
    const used = before === undefined ? use() : before.then(use);
    this.#last.set(stream, used);
    return used.finally(() => {
      if (this.#last.get(stream) === used) this.#last.delete(stream);
    });
  }
}

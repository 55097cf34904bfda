/**
 * The streams of a script, whose jobs can use them at once.
 *
 * @module
 */

import type { GuestStreams } from "../core/streams.ts";

/** Who waits for a stream to be opened to the process. */
interface Acceptor {
  readonly resolve: (stream: number) => void;
}

/**
 * Orders what is done with the streams of one process: of one stream, one read
 * and one write at a time, in the order they were asked for.
 */
export class ScriptStreams {
  readonly #streams: GuestStreams;
  // The last thing that is under way with a stream.
  readonly #last = new Map<number, Promise<unknown>>();
  // The oldest first.
  readonly #acceptors = new Set<Acceptor>();
  // Those that nobody wanted any more when they came.
  readonly #spare: number[] = [];
  #isAccepting = false;

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

  /**
   * Takes the oldest stream that was opened to the process, or waits for one.
   *
   * @param signal Gives it up; then the promise never settles, and no stream is lost.
   */
  accept(signal?: AbortSignal): Promise<number> {
    return new Promise((resolve) => {
      const acceptor = { resolve };
      this.#acceptors.add(acceptor);
      signal?.addEventListener("abort", () => {
        this.#acceptors.delete(acceptor);
      });
      this.#serve();
    });
  }

  #serve(): void {
    for (const acceptor of this.#acceptors) {
      const stream = this.#spare.shift();
      if (stream === undefined) return void this.#acceptMore();
      this.#acceptors.delete(acceptor);
      acceptor.resolve(stream);
    }
  }

  async #acceptMore(): Promise<void> {
    if (this.#isAccepting) return;
    this.#isAccepting = true;
    this.#spare.push(await this.#streams.accept());
    this.#isAccepting = false;
    this.#serve();
  }
}

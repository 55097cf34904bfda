/**
 * The body of a response, on its way to the client.
 *
 * @module
 */

import { HandlerFailed } from "../errors.ts";
import { NO_BYTES, type Part } from "./frames.ts";

/** Who hears of the client. */
export interface BodyListener {
  /** It has taken a piece: the next may come. */
  taken(): void;
  /** It has gone. */
  gone(): void;
}

/**
 * A body that comes in parts, and is passed on when the client asks.
 *
 * Invariant: of a guest that waits to be told, at most one piece and the last
 * part wait here.
 */
export class ResponseBody {
  /** What the client reads. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #listener: BodyListener;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  readonly #parts: Part[] = [];
  #pulled: (() => void) | undefined;
  #isDiscarded = false;
  #isOver = false;

  /** Nothing has come yet. */
  constructor(listener: BodyListener) {
    this.#listener = listener;
    this.stream = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => {
        this.#isOver = true;
        listener.gone();
      },
    }, { highWaterMark: 0 });
  }

  /** From now on all is taken at once, and dropped. */
  discard(): void {
    this.#isDiscarded = true;
  }

  /** Takes the next part. */
  add(part: Part): void {
    if (this.#isOver) return;
    if (this.#isDiscarded) {
      if (part.kind === "piece") this.#listener.taken();
      return;
    }
    this.#parts.push(part);
    const pulled = this.#pulled;
    if (pulled === undefined) return;
    this.#pulled = undefined;
    if (this.#pass()) pulled();
    else this.#pulled = pulled;
  }

  #pull(): Promise<void> | void {
    if (this.#pass()) return;
    return new Promise((resolve) => this.#pulled = resolve);
  }

  // Returns whether it has something for the client, if only the end.
  #pass(): boolean {
    let hasPassed = false;
    for (
      let part = this.#parts.shift();
      part !== undefined && !this.#isOver;
      part = this.#parts.shift()
    ) {
      hasPassed = this.#passOne(part) || hasPassed;
    }
    return hasPassed;
  }

  #passOne({ kind, bytes = NO_BYTES }: Part): boolean {
    if (bytes.length > 0) {
      this.#controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
    }
    if (kind === "piece") this.#listener.taken();
    if (kind === "last") {
      this.#isOver = true;
      this.#controller.close();
    }
    if (kind === "cut") this.#cut();
    return kind !== "nothing";
  }

  #cut(): void {
    this.#isOver = true;
    this.#controller.error(
      new HandlerFailed("cut", "it ended in the middle of the body"),
    );
  }

  /** The guest has ended: what is not complete stays so. */
  fail(): void {
    if (this.#isDiscarded) return;
    if (!this.#parts.some(({ kind }) => kind === "last")) {
      this.add({ kind: "cut", bytes: NO_BYTES });
    }
  }
}

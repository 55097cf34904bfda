/**
 * Bodies that must go on.
 *
 * @module
 */

import type { Deadlines } from "./deadlines.ts";

/** What a response's body is held to. */
export interface Pace {
  /** Looks after the deadline. */
  readonly deadlines: Deadlines;
  /** Time for the client to take a piece, in milliseconds. */
  readonly stallMsMax: number;
  /** The client took none for so long. Called before `ended`. */
  readonly stalled: () => void;
  /** Called once, when nothing more of the body is sent; `bytes` were. */
  readonly ended: (bytes: number) => void;
}

/** Who hears how far the client takes a body. */
export interface TakingListener {
  /** The client has taken all that there was, and wants more. */
  asked(): void;
  /** A piece is there for it. */
  gave(bytes: number): void;
  /** Nothing more is sent. Called once, last. */
  ended(): void;
}

/** A body that tells how far it is taken, and so needs no stream around it. */
export interface TellingBody {
  /** Tells `listener`. Called before anything is asked for. */
  tell(listener: TakingListener): void;
  /** Fails with `error`: its client takes nothing. It has ended then. */
  fail(error: Error): void;
}

const TELLING = new WeakMap<ReadableStream, TellingBody>();

/** Makes known that `body` is that of `telling`. */
export function registerTelling(
  body: ReadableStream<Uint8Array>,
  telling: TellingBody,
): void {
  TELLING.set(body, telling);
}

/**
 * A response like `response`, whose body fails when the client does not take it.
 * That the guest has nothing to say is no such failure.
 *
 * @param response Its body must be a stream, and is taken.
 */
export function paceResponse(response: Response, pace: Pace): Response {
  const telling = TELLING.get(response.body!);
  if (telling !== undefined) {
    telling.tell(new Pacing(telling, pace));
    return response;
  }
  const { status, statusText, headers } = response;
  const body = paced(response.body!, pace);
  return new Response(body, { status, statusText, headers });
}

/** Holds a body that tells of itself to its pace. */
class Pacing implements TakingListener {
  readonly #body: TellingBody;
  readonly #pace: Pace;
  readonly #deadline: { atMs: number; readonly expire: () => void };
  #bytes = 0;

  constructor(body: TellingBody, pace: Pace) {
    this.#body = body;
    this.#pace = pace;
    const { deadlines, stallMsMax } = pace;
    const atMs = deadlines.now() + stallMsMax;
    this.#deadline = { atMs, expire: () => this.#expire() };
    deadlines.add(this.#deadline);
  }

  asked(): void {
    // Now it is the guest's turn.
    this.#deadline.atMs = Infinity;
  }

  gave(bytes: number): void {
    const { deadlines, stallMsMax } = this.#pace;
    this.#bytes += bytes;
    this.#deadline.atMs = deadlines.now() + stallMsMax;
  }

  ended(): void {
    this.#pace.deadlines.delete(this.#deadline);
    this.#pace.ended(this.#bytes);
  }

  #expire(): void {
    this.#pace.stalled();
    this.#body.fail(unread());
  }
}

function unread(): DOMException {
  return new DOMException("The client reads nothing", "TimeoutError");
}

function paced(
  source: ReadableStream<Uint8Array>,
  { deadlines, stallMsMax, stalled, ended }: Pace,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  const deadline = { atMs: deadlines.now() + stallMsMax, expire };
  deadlines.add(deadline);
  let isOver = false;
  let bytes = 0;
  let out: ReadableStreamDefaultController<Uint8Array>;

  function end(): void {
    if (isOver) return;
    isOver = true;
    deadlines.delete(deadline);
    ended(bytes);
  }

  function expire(): void {
    const error = unread();
    out.error(error);
    // A source that has failed has nothing to cancel.
    reader.cancel(error).catch(() => {});
    stalled();
    end();
  }

  return new ReadableStream({
    start(controller) {
      out = controller;
    },
    async pull(controller) {
      // Now it is the guest's turn.
      deadline.atMs = Infinity;
      try {
        const { done, value } = await reader.read();
        if (isOver) return;
        deadline.atMs = deadlines.now() + stallMsMax;
        if (!done) {
          bytes += value.length;
          return controller.enqueue(value);
        }
        end();
        controller.close();
      } catch (error) {
        // The connection is told by the stream's failure.
        end();
        throw error;
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** How far the bodies of a connection's requests are read. */
export interface BodyReading {
  /** Pieces that somebody waits for. */
  waitsCount: number;
  /** Pieces that came, and ends. */
  piecesCount: number;
  /** Whether the last one that was read has ended. */
  isOver: boolean;
}

/** What a request's body is held to. */
export interface BodyPace {
  /** Is told how far it is read; nobody is when absent. */
  readonly reading?: BodyReading | undefined;
  /** Looks after the deadline. */
  readonly deadlines: Deadlines;
  /** Time from one piece to the next, in milliseconds. */
  readonly gapMsMax: number;
}

/**
 * A body like `body` that fails with a `TimeoutError` when a piece that somebody
 * waits for does not come. One that nobody reads may wait.
 */
export function paceBody(
  body: ReadableStream<Uint8Array>,
  { deadlines, gapMsMax, reading }: BodyPace,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      let isOver = false;
      const deadline = { atMs: deadlines.now() + gapMsMax, expire };
      deadlines.add(deadline);
      function expire(): void {
        isOver = true;
        deadlines.delete(deadline);
        controller.error(
          new DOMException("The client sends nothing", "TimeoutError"),
        );
        // Ends the read below, too; what cannot be cancelled has failed.
        reader.cancel().catch(() => {});
      }
      if (reading) reading.waitsCount++;
      try {
        const { done, value } = await reader.read();
        if (reading) reading.isOver = done;
        if (isOver) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } finally {
        deadlines.delete(deadline);
        if (reading) {
          reading.waitsCount--;
          reading.piecesCount++;
        }
      }
    },
    cancel(reason) {
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

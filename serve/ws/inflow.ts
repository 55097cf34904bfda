/**
 * From a client to its handler, no faster than the handler takes.
 *
 * @module
 */

import {
  BYTES_PER_WORD,
  FRAMES_PER_WORD,
  HELD_BYTES_MAX,
  WINDOW_BYTES,
  WINDOW_FRAMES,
} from "../limits.ts";

/** A data frame, whole. */
export interface Frame {
  /** Whether it is text, and so UTF-8. */
  readonly isText: boolean;
  /** What is in it. */
  readonly bytes: Uint8Array;
}

/** What an inflow is between. None of it may throw. */
export interface InflowEnds {
  /** Puts a frame into the handler's mailbox. */
  deliver(frame: Frame): void;
  /** The same, and it is to be told when the handler has taken it: `count` frames with `total` bytes. */
  deliverTold(frame: Frame, count: number, total: number): void;
  /** Stops to read, or goes on. What was read already may still come. */
  pause(isPaused: boolean): void;
  /** More has come than may be held. */
  overflowed(): void;
}

/**
 * Lets so many frames be under way, and holds those that come with them.
 *
 * Invariant: it is paused exactly while the window is full or a frame is held.
 */
export class Inflow {
  readonly #ends: InflowEnds;
  // Of what was delivered and not taken.
  #count = 0;
  #bytes = 0;
  // Of what was delivered since the last that is told of.
  #untoldCount = 0;
  #untoldBytes = 0;
  // The oldest first.
  #held: Frame[] = [];
  #heldBytes = 0;
  #isPaused = false;

  /** Nothing is under way. */
  constructor(ends: InflowEnds) {
    this.#ends = ends;
  }

  /** Whether nothing is read now, because the handler is behind. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Takes a frame of the client. */
  add(frame: Frame): void {
    if (!this.#isPaused) return this.#deliver(frame);
    this.#held.push(frame);
    this.#heldBytes += frame.bytes.length;
    if (this.#heldBytes > HELD_BYTES_MAX) this.#ends.overflowed();
  }

  #deliver(frame: Frame): void {
    this.#count++;
    this.#bytes += frame.bytes.length;
    this.#untoldCount++;
    this.#untoldBytes += frame.bytes.length;
    const isTold = this.#untoldCount >= FRAMES_PER_WORD ||
      this.#untoldBytes >= BYTES_PER_WORD;
    if (isTold) this.#deliverTold(frame);
    else this.#ends.deliver(frame);
    if (this.#isFull && !this.#isPaused) this.#pause(true);
  }

  #deliverTold(frame: Frame): void {
    const [count, total] = [this.#untoldCount, this.#untoldBytes];
    this.#untoldCount = this.#untoldBytes = 0;
    this.#ends.deliverTold(frame, count, total);
  }

  get #isFull(): boolean {
    return this.#count >= WINDOW_FRAMES || this.#bytes >= WINDOW_BYTES;
  }

  #pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#ends.pause(isPaused);
  }

  /** The handler has taken so many frames, with so many bytes. */
  taken(count: number, bytes: number): void {
    this.#count -= count;
    this.#bytes -= bytes;
    let next = 0;
    for (; next < this.#held.length && !this.#isFull; next++) {
      this.#heldBytes -= this.#held[next]!.bytes.length;
      this.#deliver(this.#held[next]!);
    }
    this.#held.splice(0, next);
    const isHeldUp = this.#isFull || this.#held.length > 0;
    if (this.#isPaused && !isHeldUp) this.#pause(false);
  }

  /** Forgets what is held: nobody will take it. */
  clear(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}

/**
 * The receiving end of the way from one other thread.
 *
 * @module
 */

import { type BellCell, ringBell } from "./bell.ts";
import { type Content, FrameSource, POSTED } from "./frame.ts";
import { CHUNK_BYTES } from "./limits.ts";
import { RingReader } from "./ring.ts";

/** Takes frames out of a ring, in order. */
export class Inbox {
  readonly #ring: RingReader;
  readonly #keepsBytes: boolean;
  #source = new FrameSource(new Uint8Array(0), false);
  #sourceBytes: Uint8Array | undefined;
  readonly #bell: BellCell;
  readonly #take: (content: Exclude<Content, typeof POSTED>) => void;
  // Pieces of a frame that is larger than a record.
  #pieces: Uint8Array[] = [];
  // What was posted and has not had its place in the order yet.
  #posted: Exclude<Content, typeof POSTED>[] = [];
  #awaitsPost = false;
  #received = 0;
  // Where it stops, and what it aims at: these part when it goes on past the goal.
  #limit = 0;
  #goal = 0;
  #goalCount = 0;

  /**
   * The reader of `ring`.
   *
   * @param bell Of its writer.
   * @param take Takes what was sent. What it throws, `drain` throws.
   * @param keepsBytes See {@linkcode FrameSource}.
   */
  constructor(
    ring: SharedArrayBuffer,
    bell: BellCell,
    take: (content: Exclude<Content, typeof POSTED>) => void,
    keepsBytes = false,
  ) {
    this.#ring = new RingReader(ring, CHUNK_BYTES);
    this.#keepsBytes = keepsBytes;
    this.#bell = bell;
    this.#take = take;
  }

  /** Gives what was posted its place: the next that a frame stands for it. */
  post(content: Exclude<Content, typeof POSTED>): void {
    this.#posted.push(content);
  }

  /** Where the writer is: another number whenever it has sent something. */
  get sentUpTo(): number {
    return this.#ring.head();
  }

  /** Makes all that was sent so far the goal of `drain`. */
  aim(): void {
    this.#limit = this.#goal = this.#ring.head();
    this.#goalCount = this.#ring.promised();
  }

  /** Lets `drain` take what was sent since, and keeps the goal. */
  goFurther(): void {
    this.#limit = this.#ring.head();
  }

  /** Whether all was taken that was sent before `aim`, also what waited for room then. */
  get hasReachedGoal(): boolean {
    return this.#ring.hasReached(this.#goal) && !this.#awaitsPost &&
      ((this.#goalCount - this.#received) | 0) <= 0;
  }

  /** Whether there is something to take now. */
  get hasMore(): boolean {
    if (this.#awaitsPost) return this.#posted.length > 0;
    return !this.#ring.hasReached(this.#ring.head());
  }

  /** Takes all that was sent. */
  drainAll(): void {
    this.aim();
    this.drain(Infinity);
  }

  /** Takes at most `max` frames, and none behind the goal unless it was told to go further. */
  drain(max: number): void {
    try {
      for (let count = 0; count < max && this.#takeOne(); count++);
    } finally {
      // Also when `take` has thrown.
      if (this.#ring.release()) ringBell(this.#bell);
    }
  }

  #takeOne(): boolean {
    if (this.#awaitsPost) return this.#takePosted();
    const ring = this.#ring;
    if (!ring.next(this.#limit)) return false;
    if (ring.isMore || this.#pieces.length > 0) return this.#takePiece();
    this.#heed(this.#sourceOf(ring).read(ring.tag, ring.start, ring.end));
    return true;
  }

  #sourceOf({ bytes }: RingReader): FrameSource {
    if (bytes !== this.#sourceBytes) {
      this.#sourceBytes = bytes;
      this.#source = new FrameSource(bytes, this.#keepsBytes);
    }
    return this.#source;
  }

  #heed(content: Content): void {
    this.#received = (this.#received + 1) | 0;
    if (content === POSTED) this.#awaitsPost = true;
    else this.#take(content);
  }

  #takePosted(): boolean {
    const content = this.#posted.shift();
    if (content === undefined) return false;
    this.#awaitsPost = false;
    this.#take(content);
    return true;
  }

  #takePiece(): boolean {
    const { bytes, start, end, isMore, tag } = this.#ring;
    this.#pieces.push(bytes.subarray(start, end));
    if (this.#ring.release()) ringBell(this.#bell);
    if (isMore) return true;
    const frame = joined(this.#pieces);
    this.#pieces = [];
    const source = new FrameSource(frame, this.#keepsBytes);
    this.#heed(source.read(tag, 0, frame.length));
    return true;
  }
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // A whole number of words.
  const all = new Uint8Array((length + 3) & ~3).subarray(0, length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * The sending end of the way to one other thread.
 *
 * @module
 */

import { copyBytes } from "../copy_bytes.ts";
import { type BellCell, ringBell } from "./bell.ts";
import { ADDRESS_BYTES, type Frame, writeAddress } from "./frame.ts";
import {
  FRAMES_PER_PUBLISH,
  OVERRUN_BYTES_MAX,
  PARKED_BYTES_MAX,
  THREAD_PARKED_BYTES_MAX,
} from "./limits.ts";
import { Records, type RecordSink, RingWriter } from "./ring.ts";

// Often enough that the reader never takes an old promise for a new one.
const PROMISE_INTERVAL = 2 ** 20;

// Who wrote last in this thread.
let unpublished: Outbox | undefined;

// What is parked in all outboxes of this thread.
let threadParkedBytes = 0;

/**
 * Puts frames into a ring, in order.
 *
 * What finds no room is parked here, and goes when the reader has made some.
 * Never waits.
 */
export class Outbox {
  readonly #ring: RingWriter;
  readonly #bell: BellCell;
  readonly #overrun: () => void;
  // What is parked, the oldest first; all but the last are full.
  #parked: Records[] = [];
  #parkedBytes = 0;
  #overrunBytesMax = OVERRUN_BYTES_MAX;
  #accepted = 0;
  #isOverrun = false;
  #isClosed = false;
  #isPublishing = false;
  #isUnpublished = false;
  // Frames since its reader was woken.
  #unrung = 0;
  readonly #publishLater = () => {
    this.#isPublishing = false;
    this.#publish();
  };

  /**
   * The writer of `ring`.
   *
   * @param bell Of its reader.
   * @param overrun Told once that more waits than may.
   */
  constructor(ring: SharedArrayBuffer, bell: BellCell, overrun: () => void) {
    this.#ring = new RingWriter(ring);
    this.#bell = bell;
    this.#overrun = overrun;
  }

  /**
   * Sends `frame`, whose body is free again when it returns.
   *
   * @param isRefusable Whether it may be refused when too much waits before it.
   * @returns False when it was refused, or the outbox is closed.
   */
  send(frame: Frame, isRefusable: boolean): boolean {
    if (this.#isClosed) return false;
    this.#goNext();
    const length = lengthOf(frame);
    const mayFit = this.#parked.length === 0 &&
      length <= this.#ring.recordBytesMax;
    if (mayFit && writePiece(frame, 0, length, this.#ring)) {
      this.#accept();
      this.#publishSoon();
      return true;
    }
    if (isRefusable && !this.#makeRoom(length)) return false;
    this.#park(frame);
    return true;
  }

  // Others see what this thread sends in the order it was sent, whoever it is for:
  // before anything goes into one ring, what is in another is published. Nobody is
  // woken for that.
  #goNext(): void {
    if (unpublished === this) return;
    if (unpublished !== undefined) unpublished.#show();
    unpublished = this;
  }

  #show(): void {
    if (!this.#isUnpublished) return;
    this.#isUnpublished = false;
    this.#ring.publish();
  }

  // What one turn of the event loop sends arrives in one turn: a process that is
  // spawned and then monitored does not end in between, and who has answered and
  // ended is known to have ended when the answer is. A flood does not wait so long.
  #publishSoon(): void {
    this.#isUnpublished = true;
    if (++this.#unrung >= FRAMES_PER_PUBLISH) return this.#publish();
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    setImmediate(this.#publishLater);
  }

  #publish(): void {
    this.#show();
    if (this.#unrung === 0) return;
    this.#unrung = 0;
    ringBell(this.#bell);
  }

  // One that is larger than all that may wait can go, alone. What then waits
  // behind it is no more than it would be without.
  #makeRoom(length: number): boolean {
    if (threadParkedBytes + length > THREAD_PARKED_BYTES_MAX) return false;
    if (this.#parkedBytes + length <= PARKED_BYTES_MAX) return true;
    if (this.#parkedBytes > 0) return false;
    this.#overrunBytesMax = OVERRUN_BYTES_MAX + length;
    return true;
  }

  #accept(): void {
    this.#accepted = (this.#accepted + 1) | 0;
    if (this.#accepted % PROMISE_INTERVAL === 0) {
      this.#ring.promise(this.#accepted);
    }
  }

  #park(frame: Frame): void {
    const isFirst = this.#parked.length === 0;
    const length = lengthOf(frame);
    const { recordBytesMax } = this.#ring;
    for (let from = 0; from < length; from += recordBytesMax) {
      this.#parkPiece(frame, from, Math.min(length - from, recordBytesMax));
    }
    this.#accept();
    this.#ring.promise(this.#accepted);
    if (isFirst) this.flush();
    if (this.#parkedBytes <= this.#overrunBytesMax || this.#isOverrun) return;
    this.#isOverrun = true;
    this.#overrun();
  }

  #parkPiece(frame: Frame, from: number, size: number): void {
    const last = this.#parked.at(-1);
    this.#addParked(size);
    if (last !== undefined && writePiece(frame, from, size, last)) return;
    const next = new Records(this.#ring.recordSizeMax);
    writePiece(frame, from, size, next);
    this.#parked.push(next);
  }

  #addParked(bytes: number): void {
    this.#parkedBytes += bytes;
    threadParkedBytes += bytes;
  }

  /** Whether frames wait for room. */
  get isParking(): boolean {
    return this.#parked.length > 0;
  }

  /** Where the reader is: another number whenever it has taken something. */
  get takenUpTo(): number {
    return this.#ring.tail();
  }

  /** Lets the reader see what was sent, before the turn is over. */
  publish(): void {
    this.#publish();
  }

  /** Whether frames wait, and the reader has made room since. */
  get canFlush(): boolean {
    return this.#parked.length > 0 && !this.#ring.isStarved();
  }

  /** Writes what waits, as far as there is room. */
  flush(): void {
    let count = 0;
    for (const records of this.#parked) {
      if (!this.#append(records)) break;
      count++;
    }
    this.#parked.splice(0, count);
    this.#addParked(bytesOf(this.#parked) - this.#parkedBytes);
    if (this.#parkedBytes === 0) this.#overrunBytesMax = OVERRUN_BYTES_MAX;
    ringBell(this.#bell);
  }

  // The reader may have made room just before it could know who waits for it.
  #append(records: Records): boolean {
    if (this.#ring.append(records)) return true;
    this.#ring.starve();
    return this.#ring.append(records);
  }

  /** Drops what waits, and refuses all that comes. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#parked = [];
    this.#addParked(-this.#parkedBytes);
  }
}

// With its address.
function lengthOf({ start, end }: Frame): number {
  return ADDRESS_BYTES + end - start;
}

function bytesOf(parked: Records[]): number {
  return parked.reduce((sum, { from, to }) => sum + to - from, 0);
}

// Bytes `from` on of address and body. False when there is no room.
function writePiece(
  frame: Frame,
  from: number,
  size: number,
  sink: RecordSink,
): boolean {
  const at = sink.reserve(size);
  if (at < 0) return false;
  const { body, tag, start, end } = frame;
  if (from === 0) writeAddress(frame, sink.words, at);
  const bodyAt = from === 0 ? at + ADDRESS_BYTES : at;
  const bodyFrom = start + Math.max(from - ADDRESS_BYTES, 0);
  const bodyTo = start + from + size - ADDRESS_BYTES;
  copyBytes(body, bodyFrom, bodyTo, sink.bytes, bodyAt);
  sink.commit(size, tag, bodyTo < end);
  return true;
}

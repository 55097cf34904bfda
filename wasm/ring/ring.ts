/**
 * A ring of records in shared memory: one thread writes, one other reads.
 *
 * Shape: a header of control words, each on a cache line of its own, then the
 * data. A record is a length with flags, a tag, and its bytes, padded to eight.
 * No record wraps around: what is left at the end is skipped.
 *
 * @module
 */

// Control words, by index. Positions count bytes since the ring was made, modulo 2^32.
const HEAD = 0; // Where the writer goes on. What is before it is whole.
const TAIL = 16; // Where the reader goes on.
const STARVED = 32; // 1 when the writer waits for room.
const PROMISED = 48; // Frames that the writer has taken on, when some of them wait.

const CONTROL_BYTES = 256;
const RECORD_BYTES = 8;

const MORE = 1 << 30;
const SKIP = 1 << 31;
const LENGTH = MORE - 1;

/** The least bytes of data that a ring can have. */
export const RING_BYTES_MIN = 128;

/**
 * Makes the memory of an empty ring.
 *
 * @param bytes Of its data; a power of two, at least {@linkcode RING_BYTES_MIN}.
 * @throws {RangeError} `bytes` is not.
 */
export function createRing(bytes: number): SharedArrayBuffer {
  const isPower = Number.isInteger(Math.log2(bytes));
  if (!isPower || bytes < RING_BYTES_MIN || bytes > MORE) {
    throw new RangeError(`Cannot make a ring of this many bytes: ${bytes}`);
  }
  return new SharedArrayBuffer(CONTROL_BYTES + bytes);
}

/** What records are written into. */
export interface RecordSink {
  /** Where to write what was reserved, as bytes. */
  readonly bytes: Uint8Array;
  /** The same, as words. */
  readonly words: Int32Array;

  /**
   * Finds room for a record.
   *
   * @param length Bytes, at most the {@linkcode RingWriter.recordBytesMax} of the ring.
   * @returns Where they go, a multiple of 8; -1 when there is no room now.
   */
  reserve(length: number): number;

  /**
   * Ends the record that was reserved last, whose bytes are written.
   *
   * @param length As it was reserved.
   * @param tag What the reader is told, 32 bits.
   * @param isMore Whether the next record goes on with it.
   */
  commit(length: number, tag: number, isMore: boolean): void;
}

/** What both ends see. */
class Ring {
  /** See the top of this file. */
  readonly control: Int32Array;
  /** The data, as bytes. */
  readonly bytes: Uint8Array;
  /** The data, as words. */
  readonly words: Int32Array;
  /** Bytes of data. */
  readonly capacity: number;

  constructor(buffer: SharedArrayBuffer) {
    this.control = new Int32Array(buffer, 0, CONTROL_BYTES / 4);
    this.bytes = new Uint8Array(buffer, CONTROL_BYTES);
    this.words = new Int32Array(buffer, CONTROL_BYTES);
    this.capacity = this.bytes.length;
  }
}

/**
 * The writing end of a ring.
 *
 * Records are seen by the reader when they are published, all at once, and not
 * before: a thread that dies while it writes leaves nothing behind.
 */
export class RingWriter implements RecordSink {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Bytes of the largest record. It fits in an empty ring wherever that begins. */
  readonly recordBytesMax: number;
  /** Bytes of that record with its header. */
  readonly recordSizeMax: number;
  readonly #control: Int32Array;
  readonly #capacity: number;
  #head: number;
  // Where the reader was when it was last looked at.
  #tail: number;

  /** The writer of a ring that no other thread writes. */
  constructor(buffer: SharedArrayBuffer) {
    const { control, bytes, words, capacity } = new Ring(buffer);
    this.bytes = bytes;
    this.words = words;
    this.#control = control;
    this.#capacity = capacity;
    this.recordSizeMax = capacity / 4;
    this.recordBytesMax = this.recordSizeMax - RECORD_BYTES;
    this.#head = Atomics.load(control, HEAD);
    this.#tail = Atomics.load(control, TAIL);
  }

  reserve(length: number): number {
    const size = sizeOf(length);
    const at = this.#head & (this.#capacity - 1);
    const untilEnd = this.#capacity - at;
    const skipped = size > untilEnd ? untilEnd : 0;
    if (!this.#hasRoom(skipped + size)) return -1;
    if (skipped === 0) return at + RECORD_BYTES;
    this.words[at >> 2] = SKIP | skipped;
    this.#head = (this.#head + skipped) | 0;
    return RECORD_BYTES;
  }

  #hasRoom(size: number): boolean {
    if (size <= this.#free()) return true;
    this.#tail = Atomics.load(this.#control, TAIL);
    return size <= this.#free();
  }

  // Since the reader was last looked at.
  #free(): number {
    return this.#capacity - ((this.#head - this.#tail) | 0);
  }

  commit(length: number, tag: number, isMore: boolean): void {
    const at = this.#head & (this.#capacity - 1);
    writeHeader(this.words, at, length, tag, isMore);
    this.#advance(sizeOf(length));
  }

  #advance(size: number): void {
    this.#head = (this.#head + size) | 0;
  }

  /** Lets the reader see all that was committed. */
  publish(): void {
    Atomics.store(this.#control, HEAD, this.#head);
  }

  /** Writes and publishes records that wait, as far as there is room. Returns whether that was all. */
  append(records: Records): boolean {
    const isAll = this.#append(records);
    this.publish();
    return isAll;
  }

  #append(records: Records): boolean {
    while (records.from < records.to) {
      const length = records.words[records.from >> 2]! & LENGTH;
      const at = this.reserve(length) - RECORD_BYTES;
      if (at < 0) return false;
      const room = Math.min(this.#capacity - at, this.#free());
      const end = endOfRecords(records, room);
      this.bytes.set(records.bytes.subarray(records.from, end), at);
      this.#advance(end - records.from);
      records.from = end;
    }
    return true;
  }

  /** Where the reader is now. */
  tail(): number {
    return Atomics.load(this.#control, TAIL);
  }

  /**
   * Asks the reader to ring when it has made room. Look for room once more
   * behind it: the reader may have made some just before.
   */
  starve(): void {
    Atomics.store(this.#control, STARVED, 1);
  }

  /** Whether the reader has not rung since {@linkcode RingWriter.starve}. */
  isStarved(): boolean {
    return Atomics.load(this.#control, STARVED) === 1;
  }

  /** Tells the reader how many frames there will be, of which some wait. */
  promise(count: number): void {
    Atomics.store(this.#control, PROMISED, count);
  }
}

/**
 * The reading end of a ring.
 *
 * It takes records out many at a time, by one copy: making an array costs more
 * than all else that is done with a short message.
 */
export class RingReader {
  /** A copy of some records. Never changed, nor used again for others. */
  bytes = new Uint8Array(0);
  /** Where the bytes of the record begin in the copy, a multiple of 8. */
  start = 0;
  /** Where they end. */
  end = 0;
  /** The tag of the record. */
  tag = 0;
  /** Whether the next record goes on with it. */
  isMore = false;
  // The copy as words.
  #words = new Int32Array(0);
  // Where it goes on in the copy.
  #at = 0;
  readonly #ring: Ring;
  readonly #chunkBytes: number;
  #tail: number;

  /**
   * The reader of a ring that no other thread reads.
   *
   * @param chunkBytes What is copied at once, unless a record is larger.
   */
  constructor(buffer: SharedArrayBuffer, chunkBytes: number) {
    this.#ring = new Ring(buffer);
    this.#chunkBytes = chunkBytes;
    this.#tail = Atomics.load(this.#ring.control, TAIL);
  }

  /** Where the writer is now. */
  head(): number {
    return Atomics.load(this.#ring.control, HEAD);
  }

  /** How many frames the writer has taken on; see {@linkcode RingWriter.promise}. */
  promised(): number {
    return Atomics.load(this.#ring.control, PROMISED);
  }

  /** Whether all was read that is before `head`. */
  hasReached(head: number): boolean {
    return this.#at === this.bytes.length && ((head - this.#tail) | 0) <= 0;
  }

  /** Goes to the next record before `head`. Returns false when there is none. */
  next(head: number): boolean {
    if (this.#at === this.bytes.length && !this.#copy(head)) return false;
    const word = this.#at >> 2;
    const header = this.#words[word]!;
    const length = header & LENGTH;
    this.isMore = (header & MORE) !== 0;
    this.tag = this.#words[word + 1]!;
    this.start = this.#at + RECORD_BYTES;
    this.end = this.start + length;
    this.#at += sizeOf(length);
    return true;
  }

  // Takes whole records, up to the end of the ring at most.
  #copy(head: number): boolean {
    const { capacity, words, bytes } = this.#ring;
    let from = this.#tail & (capacity - 1);
    let left = (head - this.#tail) | 0;
    if (left <= 0) return false;
    const header = words[from >> 2]!;
    if (header < 0) {
      this.#tail = (this.#tail + (header & LENGTH)) | 0;
      left -= header & LENGTH;
      from = 0;
    }
    const size = this.#sizeOfRecords(from, Math.min(left, capacity - from));
    this.bytes = bytes.slice(from, from + size);
    this.#words = new Int32Array(this.bytes.buffer);
    this.#at = 0;
    this.#tail = (this.#tail + size) | 0;
    return true;
  }

  #sizeOfRecords(from: number, sizeMax: number): number {
    const { words } = this.#ring;
    let size = 0;
    while (size < sizeMax) {
      const header = words[(from + size) >> 2]!;
      const next = size + sizeOf(header & LENGTH);
      if (header < 0 || size > 0 && next > this.#chunkBytes) break;
      size = next;
    }
    return size;
  }

  /**
   * Gives the room of what was copied back to the writer.
   *
   * @returns Whether the writer waits for it, and must be rung. That is not
   * before half of the ring is free: each time it costs more than a hundred
   * messages.
   */
  release(): boolean {
    const { control } = this.#ring;
    if (Atomics.load(control, TAIL) === this.#tail) return false;
    Atomics.store(control, TAIL, this.#tail);
    return this.#isHalfFree() && Atomics.load(control, STARVED) === 1 &&
      Atomics.exchange(control, STARVED, 0) === 1;
  }

  // Who waits writes nothing, so it becomes so when the ring is read.
  #isHalfFree(): boolean {
    const taken = (this.head() - this.#tail) | 0;
    return taken <= this.#ring.capacity / 2;
  }
}

/** Records that wait for room in a ring, in memory of the writer. */
export class Records implements RecordSink {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Where the first that waits begins. */
  from = 0;
  /** Where the last ends. */
  to = 0;

  /** Room for `size` bytes, headers and padding among them; a multiple of 8. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.words = new Int32Array(this.bytes.buffer);
  }

  reserve(length: number): number {
    const hasRoom = this.to + sizeOf(length) <= this.bytes.length;
    return hasRoom ? this.to + RECORD_BYTES : -1;
  }

  commit(length: number, tag: number, isMore: boolean): void {
    writeHeader(this.words, this.to, length, tag, isMore);
    this.to += sizeOf(length);
  }
}

function writeHeader(
  words: Int32Array,
  at: number,
  length: number,
  tag: number,
  isMore: boolean,
): void {
  words[at >> 2] = isMore ? length | MORE : length;
  words[(at >> 2) + 1] = tag;
}

// Where those end that fit into `room`; the first does.
function endOfRecords({ words, from, to }: Records, room: number): number {
  let end = from;
  while (end < to) {
    const next = end + sizeOf(words[end >> 2]! & LENGTH);
    if (next - from > room) break;
    end = next;
  }
  return end;
}

// A record with its header, padded.
function sizeOf(length: number): number {
  return (RECORD_BYTES + length + 7) & ~7;
}

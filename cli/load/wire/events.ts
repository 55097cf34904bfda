/**
 * Events of a stream, counted: the event stream format of HTML, section 9.2.
 *
 * @module
 */

/** The longest part of a line that is looked at, in bytes. */
const LINE_BYTES_MAX = 1_024;

const LF = 10;
const CR = 13;
const LATIN1 = new TextDecoder("latin1");

/**
 * Finds events in the bytes of a stream, however these are cut. Takes no memory
 * for what is in them.
 */
export class EventScanner {
  readonly #onEvent: () => void;
  /** How the line under way begins. */
  #begun: Uint8Array = new Uint8Array(0);
  #endedWithCr = false;
  #hasData = false;
  #id = "";
  #lastId = "";
  #retryMs: number | undefined;

  /** @param onEvent Called once for each event. */
  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** The id of the last event that had one; empty when none had. */
  get lastId(): string {
    return this.#lastId;
  }

  /** How long the stream says to wait before it is asked for again, in milliseconds. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** Takes the next bytes. */
  take(bytes: Uint8Array): void {
    let at = this.#endedWithCr && bytes[0] === LF ? 1 : 0;
    if (bytes.length > 0) this.#endedWithCr = false;
    let [lf, cr] = [bytes.indexOf(LF, at), bytes.indexOf(CR, at)];
    while (lf >= 0 || cr >= 0) {
      const end = lf < 0 || cr >= 0 && cr < lf ? cr : lf;
      this.#endLine(bytes.subarray(at, end));
      at = end === cr && bytes[end + 1] === LF ? end + 2 : end + 1;
      this.#endedWithCr = end === cr && at === end + 1 && at === bytes.length;
      if (lf >= 0 && lf < at) lf = bytes.indexOf(LF, at);
      if (cr >= 0 && cr < at) cr = bytes.indexOf(CR, at);
    }
    if (at < bytes.length) this.#begun = this.#joined(bytes.subarray(at));
  }

  #joined(piece: Uint8Array): Uint8Array {
    const { length } = this.#begun;
    const kept = piece.subarray(0, LINE_BYTES_MAX - length);
    const line = new Uint8Array(length + kept.length);
    line.set(this.#begun);
    line.set(kept, length);
    return line;
  }

  #endLine(piece: Uint8Array): void {
    const line = this.#begun.length === 0 ? piece : this.#joined(piece);
    if (this.#begun.length > 0) this.#begun = new Uint8Array(0);
    if (line.length === 0) this.#endEvent();
    else this.#field(line);
  }

  #endEvent(): void {
    this.#lastId = this.#id;
    if (this.#hasData) this.#onEvent();
    this.#hasData = false;
  }

  #field(line: Uint8Array): void {
    const colon = line.indexOf(COLON);
    const name = LATIN1.decode(
      line.subarray(0, colon < 0 ? line.length : colon),
    );
    if (name === "data") this.#hasData = true;
    if (name !== "id" && name !== "retry") return;
    const text = LATIN1.decode(
      line.subarray(colon < 0 ? line.length : colon + 1),
    );
    const value = text.startsWith(" ") ? text.slice(1) : text;
    if (name === "id" && !value.includes("\0")) this.#id = value;
    if (name === "retry" && /^\d{1,9}$/.test(value)) {
      this.#retryMs = Number(value);
    }
  }
}

const COLON = ":".charCodeAt(0);

/**
 * Frames: what crosses a ring, as bytes.
 *
 * A message to a process has its address in words before its body; everything
 * else is a value of its own.
 *
 * @module
 */

import {
  type DownSignal,
  type ExitReason,
  type MonitorRef,
  Pid,
  type Signal,
} from "@rusm/otp";
import { ValueReader } from "./value_reader.ts";
import { ValueWriter } from "./value_writer.ts";

/** Data that crosses as it is, besides signals; told apart from them by its type. */
export interface Note {
  /** The tag. */
  readonly type: string;
}

/** What is told of a process again and again: that it is to be spawned, and that it has ended. */
export type ProcessNote =
  | {
    readonly type: "spawn";
    readonly pid: Pid;
    readonly component: number;
    readonly start: unknown;
    /** What reaches it before its first turn; nothing when absent. */
    readonly signals?: readonly Signal[];
  }
  | {
    readonly type: "exited";
    readonly pid: Pid;
    readonly component: number;
    readonly reason: ExitReason;
    /** Whose end, over a link, was its own; nobody's when absent. */
    readonly linkedTo?: Pid;
  };

/** What a frame holds. */
export type Content =
  | Signal
  | Note
  /** Stands for what comes by `postMessage`, in its place in the order. */
  | typeof POSTED
  /** A message that could not be read. */
  | Unreadable;

/** See {@linkcode Content}. */
export const POSTED: unique symbol = Symbol("posted");

/** A message that this thread cannot read, and whom it was for. */
export class Unreadable {
  /** Whom it was for. */
  readonly to: Pid;

  /** A message to `to`. */
  constructor(to: Pid) {
    this.to = to;
  }
}

/** The first bits of a tag. */
const KIND = {
  /** A message that is the body. */
  bytes: 0,
  /** A message as a value, and its options as another when `OPTIONS` is set. */
  message: 1,
  /** A signal or a note as a value. */
  note: 2,
  /** An exit without its reason, which is a value of its own. */
  exit: 3,
  posted: 4,
  /**
   * A {@linkcode ProcessNote}: the component is where an alias is else, and the
   * start a value; so are the signals when `OPTIONS` is set.
   */
  spawn: 5,
  /** The same, and the reason a value, nothing when it is `"normal"`; then who it was linked to, when `OPTIONS` is set. */
  exited: 6,
  /** Of a down the number and the pid; and the reason when `OPTIONS` is set, which is `"normal"` else. */
  down: 7,
} as const;

const KIND_MASK = 7;
const OPTIONS = 1 << 3;
const NODE_SHIFT = 4;
const NODE_MASK = 0x3ff;
const SCHEDULER_SHIFT = 14;
const SCHEDULER_MASK = 0xff;

/** Bytes of the address before a body: serial and alias, the lower words first. */
export const ADDRESS_BYTES = 16;

const WORD = 2 ** 32;
const NOTHING: Uint8Array = new Uint8Array(0);

/** One frame, ready to be written into a ring. */
export interface Frame {
  /** What it is, for {@linkcode readFrame}. */
  readonly tag: number;
  /** Number of the process that it is for; 0 when it is for none. */
  readonly serial: number;
  /** Number of the alias; 0 for none. */
  readonly alias: number;
  /** Where its bytes lie. Not its own: they change with the next frame. */
  readonly body: Uint8Array;
  /** Where they begin there. */
  readonly start: number;
  /** Where they end. */
  readonly end: number;
}

/** Makes frames, one at a time. */
export class FrameWriter {
  // Undefined while it writes: a getter of a message can send another.
  #idle: ValueWriter | undefined;
  // Used again for each message of bytes, of which there are many.
  readonly #bytes = {
    ...{ tag: 0, serial: 0, alias: 0 },
    ...{ body: NOTHING, start: 0, end: 0 },
  };

  /**
   * The frame of a signal.
   *
   * @throws It is a message that cannot be copied. An exit reason that cannot
   * be copied is replaced by a crash that says so.
   */
  signal(signal: Signal): Frame {
    switch (signal.type) {
      case "message":
        return this.#message(signal);
      case "exit":
        return this.#exit({ ...signal, reason: null }, signal.reason);
      case "down":
        return this.#down(signal);
      default:
        return this.note(signal);
    }
  }

  /** The frame of what is plain data. */
  note(note: Note): Frame {
    if (isProcessNote(note)) return this.#processNote(note);
    return this.#write(NOWHERE, KIND.note, (values) => values.write(note));
  }

  /** The frame that stands for what is posted. */
  posted(): Frame {
    return { ...NOWHERE, tag: KIND.posted, body: NOTHING, start: 0, end: 0 };
  }

  /** The frame of a message: the bytes of `body` from `start` up to `end`. */
  bytes(to: Pid<never>, body: Uint8Array, start: number, end: number): Frame {
    const frame = this.#bytes;
    frame.tag = KIND.bytes | addressOf(to);
    frame.serial = to.serial;
    frame.alias = to.alias;
    frame.body = body;
    frame.start = start;
    frame.end = end;
    return frame;
  }

  #message(
    { to, message, options }: Extract<Signal, { type: "message" }>,
  ): Frame {
    if (options === undefined && isBytes(message)) {
      return this.bytes(to, message, 0, message.length);
    }
    const tag = KIND.message | addressOf(to) | optionsBit(options);
    return this.#write(to, tag, (values) => {
      values.write(message);
      if (options !== undefined) values.write(options);
    });
  }

  #processNote(note: ProcessNote): Frame {
    const { pid: { serial }, component: alias } = note;
    const to = { serial, alias };
    const tag = KIND[note.type] | addressOf(note.pid);
    if (note.type === "exited") {
      const { reason, linkedTo } = note;
      return this.#write(to, tag | optionsBit(linkedTo), (values) => {
        const isNormal = reason === "normal" && linkedTo === undefined;
        if (!isNormal) writeReason(values, reason);
        if (linkedTo !== undefined) values.write(linkedTo);
      });
    }
    const { start, signals } = note;
    return this.#write(to, tag | optionsBit(signals), (values) => {
      values.write(start);
      if (signals !== undefined) values.write(signals);
    });
  }

  #exit(rest: object, reason: ExitReason): Frame {
    return this.#write(NOWHERE, KIND.exit, (values) => {
      values.write(rest);
      writeReason(values, reason);
    });
  }

  #down({ to, down: { ref, pid, reason } }: DownSignal): Frame {
    const isNormal = reason === "normal";
    const tag = KIND.down | addressOf(to) | (isNormal ? 0 : OPTIONS);
    return this.#write(to, tag, (values) => {
      values.write(ref);
      values.write(pid);
      if (!isNormal) writeReason(values, reason);
    });
  }

  #write(
    { serial, alias }: Addressee,
    tag: number,
    write: (values: ValueWriter) => void,
  ): Frame {
    const values = this.#idle ?? new ValueWriter();
    this.#idle = undefined;
    try {
      values.reset();
      write(values);
      const { bytes: body, length: end } = values;
      return { tag, serial, alias, body, start: 0, end };
    } finally {
      this.#idle = values;
    }
  }
}

/** What an address says besides the scheduler, which is in the tag. */
type Addressee = Pick<Frame, "serial" | "alias">;

const NOWHERE: Addressee = { serial: 0, alias: 0 };

function isProcessNote(note: Note): note is ProcessNote {
  return note.type === "exited" || note.type === "spawn";
}

function addressOf({ node, scheduler }: Pid): number {
  return node << NODE_SHIFT | scheduler << SCHEDULER_SHIFT;
}

function optionsBit(options: unknown): number {
  return options === undefined ? 0 : OPTIONS;
}

function writeReason(values: ValueWriter, reason: ExitReason): void {
  try {
    values.write(reason);
  } catch (thrown) {
    // The program's own reason. Nobody may miss the end because of it.
    values.write(uncopied(thrown));
  }
}

// A proxy of bytes is none.
function isBytes(message: unknown): message is Uint8Array {
  return ArrayBuffer.isView(message) && message instanceof Uint8Array;
}

function uncopied(thrown: unknown): ExitReason {
  const why = thrown instanceof Error ? thrown.message : typeof thrown;
  return {
    type: "crashed",
    name: "DataCloneError",
    message: `Cannot copy an exit reason to another scheduler: ${why}`,
  };
}

/** Where frames lie, each at a multiple of 4. */
export class FrameSource {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array;
  readonly #keepsBytes: boolean;
  #values: ValueReader | undefined;

  /**
   * Frames in `bytes`, which nobody changes.
   *
   * @param keepsBytes Whether a message of bytes may stay where it is. Its
   * `buffer` then holds other messages too.
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, keepsBytes: boolean) {
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer);
    this.#keepsBytes = keepsBytes;
  }

  /** What is in the frame that begins at `start` with its address. */
  read(tag: number, start: number, end: number): Content {
    const body = start + ADDRESS_BYTES;
    switch (tag & KIND_MASK) {
      case KIND.bytes: {
        const message = this.#slice(body, end);
        return { type: "message", to: this.#address(tag, start), message };
      }
      case KIND.message:
        return this.#message(tag, start);
      case KIND.note:
        return this.#valuesAt(body).read() as Note;
      case KIND.exit:
        return this.#exit(body);
      case KIND.down:
        return this.#down(tag, start);
      case KIND.spawn:
      case KIND.exited:
        return this.#processNote(tag, start, end);
      default:
        return POSTED;
    }
  }

  #slice(start: number, end: number): Uint8Array {
    if (!this.#keepsBytes) return this.#bytes.slice(start, end);
    return new Uint8Array(this.#bytes.buffer, start, end - start);
  }

  #valuesAt(position: number): ValueReader {
    return (this.#values ??= new ValueReader(this.#bytes)).seek(position);
  }

  #address(tag: number, start: number): Pid {
    const at = start >> 2;
    const serial = this.#number(at);
    return pidOf(nodeOf(tag), schedulerOf(tag), serial, this.#number(at + 2));
  }

  #number(at: number): number {
    return this.#words[at + 1]! * WORD + (this.#words[at]! >>> 0);
  }

  #processNote(tag: number, start: number, end: number): ProcessNote {
    const at = start >> 2;
    const pid = new Pid(nodeOf(tag), schedulerOf(tag), this.#number(at));
    const component = this.#number(at + 2);
    const body = start + ADDRESS_BYTES;
    if ((tag & KIND_MASK) === KIND.spawn) {
      const values = this.#valuesAt(body);
      const type = "spawn";
      const start = values.read();
      if ((tag & OPTIONS) === 0) return { type, pid, component, start };
      const signals = values.read() as readonly Signal[];
      return { type, pid, component, start, signals };
    }
    const type = "exited";
    if (body === end) return { type, pid, component, reason: "normal" };
    const values = this.#valuesAt(body);
    const reason = readReason(values);
    if ((tag & OPTIONS) === 0) return { type, pid, component, reason };
    const linkedTo = values.read() as Pid;
    return { type, pid, component, reason, linkedTo };
  }

  #message(tag: number, start: number): Content {
    const to = this.#address(tag, start);
    try {
      const values = this.#valuesAt(start + ADDRESS_BYTES);
      const message = values.read();
      if ((tag & OPTIONS) === 0) return { type: "message", to, message };
      const options = values.read() as object;
      return { type: "message", to, message, options };
    } catch {
      // It is nested more deeply than this thread has stack for. One message
      // must not end a scheduler.
      return new Unreadable(to);
    }
  }

  #exit(body: number): Signal {
    const values = this.#valuesAt(body);
    const exit = values.read() as Extract<Signal, { type: "exit" }>;
    return { ...exit, reason: readReason(values) };
  }

  #down(tag: number, start: number): DownSignal {
    const to = this.#address(tag, start);
    const values = this.#valuesAt(start + ADDRESS_BYTES);
    const ref = values.read() as MonitorRef;
    const pid = values.read() as Pid;
    const reason = (tag & OPTIONS) === 0 ? "normal" : readReason(values);
    return { type: "down", to, down: { type: "down", ref, pid, reason } };
  }
}

function nodeOf(tag: number): number {
  return tag >>> NODE_SHIFT & NODE_MASK;
}

function schedulerOf(tag: number): number {
  return tag >>> SCHEDULER_SHIFT & SCHEDULER_MASK;
}

// Many messages in a row are for the same process.
let last = new Pid(0, 0, 0);

function pidOf(
  node: number,
  scheduler: number,
  serial: number,
  alias: number,
): Pid {
  const isSame = serial === last.serial && alias === last.alias &&
    scheduler === last.scheduler && node === last.node;
  if (!isSame) last = new Pid(node, scheduler, serial, alias);
  return last;
}

function readReason(values: ValueReader): ExitReason {
  try {
    return values.read() as ExitReason;
  } catch (thrown) {
    // As above; and nobody may miss the end because of it.
    return uncopied(thrown);
  }
}

/** Writes the address of `frame` at `start`, a multiple of 4. */
export function writeAddress(
  { serial, alias }: Frame,
  words: Int32Array,
  start: number,
): void {
  const at = start >> 2;
  words[at] = serial | 0;
  words[at + 1] = serial / WORD;
  words[at + 2] = alias | 0;
  words[at + 3] = alias / WORD;
}

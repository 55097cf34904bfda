/**
 * Streams of bytes between processes.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { dataBytes } from "./encoding.ts";
import { callHost } from "./host.ts";
import { giveUpOperation, startOperation } from "./operations.ts";
import { type PidLike, pidText } from "./pid.ts";

/** Keeps guests from constructing a stream. */
const KEY = Symbol();

/** The number of a stream towards the host. */
let numberOf: (stream: Stream) => number;

/**
 * One end of a stream: the one that opened it writes, the one that accepted it
 * reads. Both ends go with their process.
 */
export class Stream {
  readonly #number: number;

  static {
    numberOf = (stream) => stream.#number;
  }

  /** For the SDK alone. */
  constructor(key: symbol, number: number) {
    if (key !== KEY) throw new TypeError("Illegal constructor");
    this.#number = number;
  }

  /**
   * Writes `chunk`, text as UTF-8, and blocks the process while the reader is
   * behind.
   *
   * @returns False when nobody reads any more, or this end does not write.
   * @throws {TypeError} `chunk` is neither text nor bytes.
   */
  write(chunk: unknown): boolean {
    return callHost(OPS.streamWrite, this.#number, dataBytes(chunk)) === 1;
  }

  /**
   * Takes what was written next, and blocks the process until there is some.
   *
   * @returns Null at the end, and when this end does not read.
   */
  read(): Uint8Array<ArrayBuffer> | null {
    return callHost(OPS.streamRead, this.#number) as
      | Uint8Array<ArrayBuffer>
      | null;
  }

  /**
   * Whether a read has found the end because the process that writes has ended,
   * without ending the stream; false once it is closed.
   */
  get broken(): boolean {
    return callHost(OPS.streamIsBroken, this.#number) === 1;
  }

  /** As `write`, while other jobs of the process go on. Writes keep their order. */
  async writeAsync(chunk: unknown): Promise<boolean> {
    const { settled } = startOperation(
      OPS.streamWriteStart,
      this.#number,
      dataBytes(chunk),
    );
    return (await settled).head === "1";
  }

  /** As `read`, while other jobs of the process go on. Reads keep their order. */
  async readAsync(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { settled } = startOperation(OPS.streamReadStart, this.#number);
    return (await settled).bytes;
  }

  /** Ends what it writes, or gives up what it reads. Idempotent. */
  close(): void {
    callHost(OPS.streamClose, this.#number);
  }

  /**
   * What is read, chunk by chunk, to the end, while other jobs of the process go
   * on. Leaving the loop closes the stream.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for (;;) {
        const chunk = await this.readAsync();
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      this.close();
    }
  }
}

/** Opens a stream to a process. Null when there is none, or it has too many. */
export function openStream(pid: PidLike): Stream | null {
  const number = callHost(OPS.streamOpen, pidText(pid)) as number | null;
  return number === null ? null : new Stream(KEY, number);
}

/** As `openStream`, while other jobs of the process go on. */
export async function openStreamAsync(pid: PidLike): Promise<Stream | null> {
  const { settled } = startOperation(OPS.streamOpenStart, pidText(pid));
  const { head } = await settled;
  return head === null ? null : new Stream(KEY, Number(head));
}

/** Takes the oldest stream that was opened to this process, and blocks it until there is one. */
export function acceptStream(): Stream {
  return new Stream(KEY, callHost(OPS.streamAccept) as number);
}

/** A stream that is waited for. */
export interface Accepting {
  /** Null when it was given up. */
  readonly stream: Promise<Stream | null>;
  /** Gives it up. No stream is lost. */
  cancel(): void;
}

/**
 * As `acceptStream`, while other jobs of the process go on.
 *
 * @param from Who opens the stream, in decimal; anybody when absent. Who waits
 * for one of somebody has it before who takes any.
 */
export function startAccepting(from?: string): Accepting {
  const { id, settled } = startOperation(OPS.streamAcceptStart, from ?? null);
  const stream = settled.then(({ head }) =>
    head === null ? null : new Stream(KEY, Number(head))
  );
  const cancel = () => {
    callHost(OPS.streamAcceptCancel, id);
    giveUpOperation(id);
  };
  return { stream, cancel };
}

/** The number of a stream, by which the host knows it. */
export function streamNumber(stream: Stream): number {
  return numberOf(stream);
}

/**
 * Connections of TCP, as streams.
 *
 * @module
 */

import { BorrowedSource } from "../io/borrowed_source.ts";
import { InputStream } from "../io/input_stream.ts";
import { type OutputSink, OutputStream } from "../io/output_stream.ts";
import { PieceSource } from "../io/piece_source.ts";
import { AsyncWriterSink } from "../io/writer_sink.ts";
import type { TcpConnection } from "./bound_connection.ts";
import {
  codeOf,
  connectionFailure,
  type SocketErrorCode,
} from "./error_code.ts";
import { READ_BYTES_MAX } from "./limits.ts";

/** Which ways a connection is closed. */
export interface Ways {
  /** Nothing more is read. */
  readonly receive: boolean;
  /** Nothing more is written. */
  readonly send: boolean;
}

/**
 * A connection, which the socket and both of its streams hold: it is closed when
 * nobody does and all is written, or at once by `close`.
 */
export class Connection {
  readonly #conn: TcpConnection;
  readonly #onClose: () => void;
  readonly #source: PieceSource<SocketErrorCode>;
  readonly #sink: AsyncWriterSink;
  #holders = 3;
  #isSendShut = false;
  #isClosed = false;

  /** Takes `conn` over. */
  constructor(conn: TcpConnection, onClose: () => void) {
    this.#conn = conn;
    this.#onClose = onClose;
    this.#source = new PieceSource({
      read: () => this.#read(),
      codeOf,
      failureOf: connectionFailure,
    });
    this.#sink = new AsyncWriterSink({
      write: (bytes) => this.#write(bytes),
      close: () => this.#finishSending(),
    });
  }

  async #read(): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(READ_BYTES_MAX);
    const count = await this.#conn.read(bytes);
    return count === null ? null : bytes.subarray(0, count);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#conn.write(bytes.subarray(at));
      }
    } catch (error) {
      // In the guest's words.
      throw connectionFailure(codeOf(error));
    }
  }

  /** The stream of what comes. Only once. */
  input(): InputStream {
    return new InputStream(
      new BorrowedSource(this.#source, () => this.release()),
    );
  }

  /** The stream of what goes. Only once. */
  output(): OutputStream {
    return new OutputStream(
      new ShutOutput(this.#sink, () => this.#isSendShut),
    );
  }

  /** Closes it in some ways. What was written goes out first. */
  shutdown({ receive, send }: Ways): void {
    if (receive) this.#source.end();
    if (!send || this.#isSendShut) return;
    this.#isSendShut = true;
    this.#sink.close();
  }

  // Called once: when the stream was dropped or shut, and all is written.
  #finishSending(): void {
    if (this.#isSendShut && !this.#isClosed) {
      // Whoever is at the other end may have gone before it was told.
      this.#conn.closeWrite().catch(() => {});
    }
    this.release();
  }

  /** One of the three does not hold it any more. */
  release(): void {
    if (--this.#holders === 0) this.close();
  }

  /** Whether the system sends probes. */
  keepAlive(isOn: boolean): void {
    if (!this.#isClosed) this.#conn.setKeepAlive(isOn);
  }

  /** Closes it at once. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
    this.#onClose();
  }
}

/** What is sent, until that is shut. */
class ShutOutput implements OutputSink {
  readonly #sink: AsyncWriterSink;
  readonly #isShut: () => boolean;

  constructor(sink: AsyncWriterSink, isShut: () => boolean) {
    this.#sink = sink;
    this.#isShut = isShut;
  }

  get isReady(): boolean {
    return this.#isShut() || this.#sink.isReady;
  }

  watch(wake: () => void): () => void {
    return this.#sink.watch(wake);
  }

  room(): number | undefined {
    return this.#isShut() ? undefined : this.#sink.room();
  }

  write(bytes: Uint8Array): void {
    if (!this.#isShut()) this.#sink.write(bytes);
  }

  flush(): void {
    this.#sink.flush();
  }

  close(): void {
    this.#sink.close();
  }
}

/**
 * Requests to servers, by the client of `node:http`.
 *
 * Not by `fetch`, which can neither send nor receive trailers, does not tell a
 * connection from an answer, follows its own mind about headers, and decodes
 * bodies. One connection is made for each request, and ends with it: none
 * outlives the process that asked.
 *
 * @module
 */

import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { BodyDrain, BodyPipe } from "./body_pipe.ts";
import type { BodyReader } from "./body_source.ts";
import { codeOf, type HttpErrorCode, HttpFailure } from "./error_code.ts";
import { type Field, latin1, latin1Bytes } from "./fields.ts";
import { RESPONSE_HEAD_BYTES_MAX } from "./limits.ts";
import { openTls } from "./tls_connection.ts";

/** What is sent. */
export interface ClientHead {
  /** Such as `GET`. */
  readonly method: string;
  /** Whether it goes through TLS. */
  readonly isSecure: boolean;
  /** Name or address of the server, without brackets. */
  readonly host: string;
  /** Port of the server. */
  readonly port: number;
  /** What the server knows itself by. */
  readonly authority: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  /** Headers, without those that are the connection's. */
  readonly headers: readonly Field[];
}

/** How long is waited, in milliseconds. */
export interface ClientTimeouts {
  /** For a connection, with TLS. */
  readonly connectMs: number;
  /** Then for the head of the response. */
  readonly firstByteMs: number;
  /** For more of the body, while somebody waits for it. */
  readonly betweenBytesMs: number;
}

/** What came back. */
export interface ClientResponse {
  /** Its status. */
  readonly status: number;
  /** All its headers. */
  readonly headers: readonly Field[];
  /** Its body. */
  readonly body: BodyReader;
}

/** A request that is under way. */
export interface ClientExchange {
  /** The response, as soon as its head is there. Rejects with an {@linkcode HttpFailure}. */
  readonly response: Promise<ClientResponse>;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  /** Ends the connection, wherever it is. Idempotent. */
  abort(): void;
}

/**
 * Sends a request.
 *
 * @param body Undefined for none. Its reader is closed when the server takes no
 * more of it.
 */
export function send(
  head: ClientHead,
  body: BodyPipe | undefined,
  timeouts: ClientTimeouts,
): ClientExchange {
  return new Sending(open(head, body !== undefined), body, timeouts);
}

function open(head: ClientHead, hasBody: boolean): ClientRequest {
  const { method, isSecure, host, port, path, authority } = head;
  const headers = ["host", authority];
  for (const [name, value] of head.headers) headers.push(name, latin1(value));
  const isFramed = head.headers.some(([name]) =>
    name.toLowerCase() === "content-length"
  );
  // Without it Node sends the body of a GET as it is, and the server would take
  // it for the next request.
  if (hasBody && !isFramed) headers.push("transfer-encoding", "chunked");
  const options = {
    ...{ method, host, port, path, headers, setHost: false },
    maxHeaderSize: RESPONSE_HEAD_BYTES_MAX,
  };
  if (!isSecure) return request({ ...options, agent: false });
  const createConnection = () => openTls({ host, port });
  return request({ ...options, createConnection });
}

class Sending implements ClientExchange, BodyDrain {
  readonly response: Promise<ClientResponse>;
  readonly closed: Promise<void>;
  readonly #request: ClientRequest;
  readonly #timeouts: ClientTimeouts;
  readonly #body: BodyPipe | undefined;
  readonly #answered = Promise.withResolvers<ClientResponse>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(
    request: ClientRequest,
    body: BodyPipe | undefined,
    timeouts: ClientTimeouts,
  ) {
    this.#request = request;
    this.#timeouts = timeouts;
    this.#body = body;
    this.response = this.#answered.promise;
    // Who does not wait for it has let go of it.
    this.response.catch(() => {});
    this.closed = new Promise((resolve) => {
      request.once("close", () => {
        this.#end({ tag: "connection-terminated" });
        resolve();
      });
    });
    this.#listen(request);
    this.#begin();
  }

  #listen(request: ClientRequest): void {
    // It may come at any time: without a listener it would end the thread.
    request.on("error", (error: unknown) => this.#end(codeOf(error)));
    request.once("response", (message) => this.#answer(message));
    request.once("socket", (socket) => {
      // A socket without TLS has no such event, and one with it has both.
      const isSecure = "encrypted" in socket;
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        const { firstByteMs } = this.#timeouts;
        this.#expect(firstByteMs, { tag: "connection-read-timeout" });
      });
    });
    for (const event of ["upgrade", "connect"] as const) {
      request.once(event, (_message, socket) => {
        this.#end({ tag: "HTTP-upgrade-failed" });
        socket.destroy();
      });
    }
  }

  #begin(): void {
    const { connectMs } = this.#timeouts;
    this.#expect(connectMs, { tag: "connection-timeout" });
    if (this.#body === undefined) this.#request.end();
    else this.#body.attach(this);
  }

  #expect(timeoutMs: number, code: HttpErrorCode): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#timer = setTimeout(() => this.#fail(code), timeoutMs);
  }

  #fail(code: HttpErrorCode): void {
    this.#end(code);
    this.#request.destroy();
  }

  // Nothing more is sent, and when there is no response yet there will be none.
  #end(code: HttpErrorCode): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
    this.#answered.reject(new HttpFailure(code));
    this.#body?.closeReader(code);
  }

  #answer(message: IncomingMessage): void {
    clearTimeout(this.#timer);
    this.#answered.resolve({
      status: message.statusCode!,
      headers: fieldsOf(message.rawHeaders),
      body: new MessageReader(
        message,
        this.#timeouts.betweenBytesMs,
        () => this.abort(),
      ),
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#request.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  end(rest: Uint8Array, trailers: readonly Field[]): void {
    if (this.#isOver) return;
    const pairs = trailers.map(([name, value]): [string, string] => [
      name,
      latin1(value),
    ]);
    if (pairs.length > 0) this.#request.addTrailers(pairs);
    this.#request.end(rest);
  }

  abort(): void {
    this.#fail({ tag: "connection-terminated" });
  }
}

// Names and values alternate.
function fieldsOf(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    fields.push([raw[at]!, latin1Bytes(raw[at + 1]!)]);
  }
  return fields;
}

/** Reads the body of a message only when it is asked to. */
class MessageReader implements BodyReader {
  readonly #message: IncomingMessage;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #timeoutMs: number;
  readonly #abort: () => void;

  constructor(message: IncomingMessage, timeoutMs: number, abort: () => void) {
    this.#message = message;
    this.#timeoutMs = timeoutMs;
    this.#abort = abort;
    // It is told of by whoever reads; without a listener it would end the thread.
    message.on("error", () => {});
    this.#pieces = message[Symbol.asyncIterator]();
  }

  async read(): Promise<Uint8Array | null> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#abort();
    }, this.#timeoutMs);
    try {
      return await this.#next();
    } catch (error) {
      if (isLate) throw new HttpFailure({ tag: "connection-read-timeout" });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<Uint8Array | null> {
    const { done, value } = await this.#pieces.next();
    if (!done) return value;
    // The iterator of a message that was cut off may just end.
    if (this.#message.complete) return null;
    throw new HttpFailure({ tag: "connection-terminated" });
  }

  trailers(): readonly Field[] {
    return fieldsOf(this.#message.rawTrailers);
  }

  cancel(): void {
    this.#abort();
  }
}

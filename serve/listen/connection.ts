/**
 * A connection: its requests, and the time it may take.
 *
 * @module
 */

import { unavailable } from "../answer.ts";
import { LINGER_MS, STREAM_LINGER_MS } from "../limits.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import {
  hasStream,
  type HeldConnection,
  type RequestInfo,
  serveConnection,
  type ServedConnection,
} from "./deno_http.ts";
import type { Silence, Suspect } from "./flood_guard.ts";
import { type BodyReading, paceResponse } from "./pacing.ts";
import { sentListenerOf } from "./sent.ts";

/** How long a connection may do nothing, in milliseconds. */
export interface Timeouts {
  /** From its begin to the whole head of its first request, TLS included. */
  readonly headerMs: number;
  /** From a response to the whole head of the next request. */
  readonly idleMs: number;
  /** From one piece of a response to the next, when the client does not read. */
  readonly writeMs: number;
}

/** What the connections of a listener share. */
export interface ConnectionRules {
  /** Looks after all deadlines. */
  readonly deadlines: Deadlines;
  /** How long they may do nothing. */
  readonly timeouts: Timeouts;
  /** Answers a request that came by `connection`. */
  answer(
    request: Request,
    info: RequestInfo,
    connection: Pick<Connection, "peer" | "reading">,
  ): Promise<Response>;
  /** Answers when `answer` rejects. Must not throw. */
  fail(error: unknown): Response;
}

/**
 * A connection that is served. It is closed when it does nothing for too long:
 * its only deadline is for the next head while no request is in flight, and for
 * the client to read while only bodies are under way that it does not take.
 */
export class Connection implements Deadline, HeldConnection, Suspect {
  /** When it is closed, unless something happens. */
  atMs: number;
  /** Address of its other end. */
  readonly peer: Deno.NetAddr;
  /** Resolves when it is closed, or given up. Never rejects. */
  readonly finished: Promise<void>;
  /** See {@linkcode HeldConnection.freed}. */
  readonly freed: Promise<void>;
  /** How far the bodies of its requests are read. */
  readonly reading: BodyReading = {
    waitsCount: 0,
    piecesCount: 0,
    isOver: true,
  };
  readonly #rules: ConnectionRules;
  readonly #served: ServedConnection;
  #inFlightCount = 0;
  #idleAtMs = -Infinity;
  #lingerMs = LINGER_MS;
  #isDraining = false;
  #isLast = false;
  #isOver = false;
  // Undefined before the first request.
  #isHttp2: boolean | undefined;
  // The one that came last, while it is in flight.
  #request: Request | undefined;
  #isStreaming = false;
  #isMultiplexed = false;

  /** Serves `conn`, which it owns from now on. */
  constructor(conn: Deno.Conn, rules: ConnectionRules) {
    this.#rules = rules;
    this.peer = conn.remoteAddr as Deno.NetAddr;
    this.atMs = rules.deadlines.now() + rules.timeouts.headerMs;
    this.#served = serveConnection(
      conn,
      (request, info) => this.#answer(request, info),
      rules.fail,
    );
    rules.deadlines.add(this);
    this.finished = this.#served.finished.then(() =>
      rules.deadlines.delete(this)
    );
    this.freed = this.#served.freed;
  }

  /** Whether no request is in flight. */
  get isIdle(): boolean {
    return this.#inFlightCount === 0;
  }

  /** See {@linkcode Suspect.silence}. */
  get silence(): Silence | undefined {
    const request = this.#request;
    const { waitsCount, piecesCount } = this.reading;
    if (request === undefined || waitsCount > 0 || this.#isSurelyHttp2) {
      return undefined;
    }
    const isHttp1 = request.headers.has("host");
    const hasBody = mayHaveBody(request, isHttp1);
    // It is read as far as it goes, or not any more.
    const isSaid = !hasBody ||
      (isHttp1 && (this.reading.isOver || this.#isStreaming));
    return isSaid ? { request, isHttp1, piecesCount } : undefined;
  }

  // A request without a host may be one of HTTP/1.0. Under TLS the client has said
  // what it speaks, and nobody else has two requests at a time.
  get #isSurelyHttp2(): boolean {
    return this.#isMultiplexed || this.#served.isHttp2;
  }

  /** Closes it at once, or gives it up: in a TLS handshake, and when it is HTTP/2 that drains. Idempotent. */
  cut(): void {
    this.#isOver = true;
    this.#served.cut();
  }

  /** See {@linkcode HeldConnection.abandon}. */
  abandon(): void {
    this.#served.abandon();
  }

  /** See {@linkcode Deadline.expire}. */
  expire(): void {
    this.cut();
  }

  /**
   * Closes it when what is in flight is answered; at once when nothing is. A
   * client of HTTP/2 is told so, and has time to hear of it.
   */
  drain(): void {
    this.#isDraining = true;
    if (this.#isHttp2) this.#leave();
    if (this.isIdle) this.#close();
  }

  #leave(): void {
    this.#served.leave();
    this.#idleAtMs = this.#rules.deadlines.now();
  }

  // Its last response may be on its way out of the engine still.
  #close(): void {
    this.atMs = this.#idleAtMs + this.#lingerMs;
    if (this.atMs <= this.#rules.deadlines.now()) this.cut();
  }

  async #answer(request: Request, info: RequestInfo): Promise<Response> {
    // Where the last one ends is in doubt, so this may be a part of its body.
    if (this.#isLast) return new Promise(() => {});
    // It was given up, and its client asks on.
    if (this.#isOver) return unavailable();
    // The engine has the name of the host elsewhere there.
    this.#isHttp2 ??= !request.headers.has("host");
    this.#lingerMs = this.#isHttp2 ? STREAM_LINGER_MS : LINGER_MS;
    if (this.#inFlightCount++ > 0) this.#isMultiplexed = true;
    this.atMs = Infinity;
    this.#request = request;
    this.reading.isOver = false;
    const { answer } = this.#rules;
    try {
      const response = await answer(request, info, this);
      // HTTP/2 has no such header, and the engine leaves it out there.
      if (this.#isDraining) response.headers.set("connection", "close");
      this.#isLast = isLast(request, response);
      if (hasStream(response)) return this.#pace(response, info);
      this.#end();
      return response;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #pace(response: Response, { completed }: RequestInfo): Response {
    const { deadlines, timeouts } = this.#rules;
    let isStalled = false;
    this.#lingerMs = STREAM_LINGER_MS;
    this.#isStreaming = true;
    const whenSent = sentListenerOf(response);
    const sent = () => this.#sent();
    // A client that has gone needs no more than one that has all.
    completed.then(sent, sent);
    return paceResponse(response, {
      deadlines,
      stallMsMax: timeouts.writeMs,
      stalled: () => void (isStalled = true),
      ended: (bytes) => {
        whenSent?.(bytes);
        this.#end();
        // HTTP/1.1 has no other way to end a response that nobody reads.
        if (isStalled && this.isIdle) this.cut();
      },
    });
  }

  // The engine has handed all of a response to the system.
  #sent(): void {
    if (!this.isIdle || this.#isHttp2) return;
    this.#lingerMs = 0;
    if (this.#isDraining || this.#isLast) this.#close();
  }

  #end(): void {
    this.#inFlightCount--;
    if (!this.isIdle) return;
    this.#request = undefined;
    this.#isStreaming = false;
    const { deadlines, timeouts } = this.#rules;
    this.#idleAtMs = deadlines.now();
    const isEnding = this.#isDraining || this.#isLast;
    this.atMs = this.#idleAtMs + (isEnding ? this.#lingerMs : timeouts.idleMs);
  }
}

// The engine says so to the client and goes on all the same. It has no header
// of the host in HTTP/2, where a request has its stream, and ends with that.
function isLast(request: Request, { status, headers }: Response): boolean {
  return status >= 400 && headers.get("connection") === "close" &&
    request.headers.has("host");
}

// HTTP/2 and HTTP/1.0 do not have to say that one comes.
function mayHaveBody({ method, headers }: Request, isHttp1: boolean): boolean {
  if (method === "GET" || method === "HEAD") return false;
  if (!isHttp1 || headers.has("transfer-encoding")) return true;
  return (headers.get("content-length") ?? "0") !== "0";
}

/**
 * A closed loop of HTTP/1.1 requests over connections that stay open, on this
 * machine only.
 *
 * @module
 */

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import {
  type HttpResponse,
  ProtocolError,
  ResponseReader,
} from "./http_response.ts";

/** How hard and how long {@linkcode load} works. */
export interface LoadOptions {
  /** What is asked for: `http:`, and this machine by a loopback address. */
  readonly url: URL;
  /** Connections, each with one request under way, 1 to {@linkcode CONNECTIONS_MAX}. */
  readonly connections: number;
  /** How long, above 0 and up to {@linkcode SECONDS_MAX}. */
  readonly seconds: number;
  /** Answers after which it stops early; {@linkcode REQUESTS_MAX} when absent, which is also the most. */
  readonly requestsMax?: number;
}

/** The most connections. */
export const CONNECTIONS_MAX = 1_024;

/** The longest run, in seconds. */
export const SECONDS_MAX = 60;

/** The most answers of one run. */
export const REQUESTS_MAX = 10_000_000;

/** Failures in a row after which a connection gives up. */
const FAILURES_MAX = 3;

const HOSTS: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

/** What {@linkcode load} counted. */
export interface LoadResult {
  /** What was asked for. */
  readonly url: string;
  /** Connections. */
  readonly connections: number;
  /** How long it took. */
  readonly seconds: number;
  /** Good answers: status 200, and the same body as the first of them. */
  readonly requests: number;
  /** Good answers per second. */
  readonly requestsPerSecond: number;
  /** Requests without a good answer. Those under way at the end are in no count. */
  readonly errors: LoadErrors;
  /** Connections that were opened again, since the server closed them between two requests. */
  readonly reconnects: number;
  /** From the first byte sent to the last received, of good answers. */
  readonly latency: LoadLatency;
}

/** Requests without a good answer, by what was wrong. */
export interface LoadErrors {
  /** The status was not 200. */
  readonly status: number;
  /** The body was not that of the first good answer. */
  readonly body: number;
  /** No connection, or no whole response. */
  readonly transport: number;
  /** What the first of all these was; absent when there is none. */
  readonly first?: string;
}

/** Milliseconds, to a microsecond; 0 when there was no good answer. */
export interface LoadLatency {
  /** Half of the answers took no longer. */
  readonly p50Ms: number;
  /** Of 100 answers, 99 took no longer. */
  readonly p99Ms: number;
  /** The longest. */
  readonly maxMs: number;
}

/**
 * Asks for `options.url` again and again.
 *
 * It ends with the time, with the count, or when every connection has given
 * up, and always closes its connections.
 *
 * @throws {RangeError} An option is out of its range, or the URL is not of this machine.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  checkOptions(options);
  const run = new Run(options);
  const startMs = performance.now();
  const timer = setTimeout(() => run.end(), options.seconds * 1_000);
  await Promise.all(
    Array.from({ length: options.connections }, () => run.drive()),
  );
  clearTimeout(timer);
  return run.result((performance.now() - startMs) / 1_000);
}

function checkOptions(options: LoadOptions): void {
  const { url, connections, seconds, requestsMax = REQUESTS_MAX } = options;
  if (url.protocol !== "http:" || !HOSTS.includes(url.hostname)) {
    throw new RangeError(`Cannot load anything but this machine: ${url}`);
  }
  checkCount("connections", connections, CONNECTIONS_MAX);
  checkCount("requestsMax", requestsMax, REQUESTS_MAX);
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    throw new RangeError(
      `Cannot load for seconds, up to ${SECONDS_MAX}: ${seconds}`,
    );
  }
}

function checkCount(name: string, count: number, max: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= max) return;
  throw new RangeError(`Cannot load with ${name}, 1 to ${max}: ${count}`);
}

/** What the connections of one load share. */
class Run {
  readonly #options: LoadOptions;
  readonly #request: Uint8Array;
  readonly #latencyUs: RecordableHistogram = createHistogram();
  readonly #open = new Set<Deno.TcpConn>();
  readonly #errors = { status: 0, body: 0, transport: 0 };
  readonly #requestsMax: number;
  #firstError: string | undefined;
  #body: Uint8Array | undefined;
  #answers = 0;
  #requests = 0;
  #reconnects = 0;
  #isOver = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#requestsMax = options.requestsMax ?? REQUESTS_MAX;
    const { host, pathname, search } = options.url;
    this.#request = new TextEncoder().encode(
      `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
    );
  }

  /** Lets no further request begin, and cuts off those under way. */
  end(): void {
    this.#isOver = true;
    for (const connection of this.#open) close(connection);
  }

  /** Keeps one request under way until the end. */
  async drive(): Promise<void> {
    for (let failures = 0; !this.#isOver && failures < FAILURES_MAX;) {
      const before = this.#requests;
      try {
        await this.#converse();
        if (!this.#isOver) this.#reconnects++;
      } catch (thrown) {
        // What breaks a connection is what this program is there to count.
        if (this.#isOver) return;
        this.#fail("transport", describe(thrown));
        failures = this.#requests === before ? failures + 1 : 1;
      }
    }
  }

  /** Sends requests over one connection until the server closes it. */
  async #converse(): Promise<void> {
    const { hostname, port } = this.#options.url;
    const connection = await Deno.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || 80),
    });
    this.#open.add(connection);
    try {
      connection.setNoDelay();
      await this.#converseOver(connection);
    } finally {
      this.#open.delete(connection);
      close(connection);
    }
  }

  async #converseOver(connection: Deno.TcpConn): Promise<void> {
    const reader = new ResponseReader(connection);
    for (let count = 0; !this.#isOver; count++) {
      const startMs = performance.now();
      await writeAll(connection, this.#request);
      const response = await reader.next();
      if (response === undefined) return notAnswered(count);
      if (reader.leftoverBytes > 0) {
        throw new ProtocolError("Cannot use more bytes than the response has");
      }
      this.#count(response, performance.now() - startMs);
      if (++this.#answers >= this.#requestsMax) this.end();
      if (response.isLast) return;
    }
  }

  #count(response: HttpResponse, latencyMs: number): void {
    if (response.status !== 200) {
      return this.#fail("status", `status ${response.status}`);
    }
    this.#body ??= response.body.slice();
    if (!areEqual(response.body, this.#body)) {
      return this.#fail("body", "a body unlike the first");
    }
    this.#latencyUs.record(Math.max(1, Math.round(latencyMs * 1_000)));
    this.#requests++;
  }

  #fail(kind: "status" | "body" | "transport", what: string): void {
    this.#errors[kind]++;
    this.#firstError ??= what;
  }

  /** What was counted in `seconds`. */
  result(seconds: number): LoadResult {
    const { url, connections } = this.#options;
    const first = this.#firstError;
    return {
      url: url.href,
      connections,
      seconds,
      requests: this.#requests,
      requestsPerSecond: this.#requests / seconds,
      errors: { ...this.#errors, ...(first === undefined ? {} : { first }) },
      reconnects: this.#reconnects,
      latency: latencyOf(this.#latencyUs),
    };
  }
}

// A server may close a connection that has served; one that has not is broken.
function notAnswered(count: number): void {
  if (count === 0) throw new ProtocolError("Cannot read a response: none came");
}

function latencyOf(histogramUs: RecordableHistogram): LoadLatency {
  if (histogramUs.count === 0) return { p50Ms: 0, p99Ms: 0, maxMs: 0 };
  return {
    p50Ms: histogramUs.percentile(50) / 1_000,
    p99Ms: histogramUs.percentile(99) / 1_000,
    maxMs: histogramUs.max / 1_000,
  };
}

async function writeAll(
  connection: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent));
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (thrown) {
    // The end and its own loop may both close it.
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error
    ? `${thrown.name}: ${thrown.message}`
    : String(thrown);
}

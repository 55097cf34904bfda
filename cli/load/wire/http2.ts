/**
 * Asking over HTTP/2, by Node's client.
 *
 * @module
 */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type SecureClientSessionOptions,
} from "node:http2";
import type { Sent, Target } from "../plan.ts";
import { digestOf, EMPTY_DIGEST } from "./digest.ts";
import type { Answer, Asker } from "./http1.ts";
import { pathOf } from "./request.ts";
import { nameOption } from "./socket.ts";

/** What {@linkcode Http2} asks. */
export interface Http2Options
  extends Pick<Sent, "method" | "headers" | "body"> {
  /** Whether answers have a digest. */
  readonly wantsDigest: boolean;
}

/** A connection of HTTP/2 that has one request at a time. */
export class Http2 implements Asker {
  readonly #session: ClientHttp2Session;
  readonly #target: Target;
  readonly #sent: Http2Options;
  #error: Error | undefined;

  /** @param session The connection's from now on. */
  constructor(session: ClientHttp2Session, target: Target, sent: Http2Options) {
    this.#session = session;
    this.#target = target;
    this.#sent = sent;
    session.on("error", (error) => this.#error ??= error);
  }

  /** See {@linkcode Asker.ask}. */
  ask(): Promise<Answer | undefined> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const { closed, destroyed } = this.#session;
    if (closed || destroyed) return Promise.resolve(undefined);
    const { method, headers, body } = this.#sent;
    const stream = this.#session.request({
      ...Object.fromEntries(
        headers.map(([name, value]) => [name.toLowerCase(), value]),
      ),
      ":method": method,
      ":path": pathOf(this.#target),
    });
    stream.end(body.length > 0 ? body : undefined);
    return this.#answerOf(stream);
  }

  #answerOf(stream: ClientHttp2Stream): Promise<Answer> {
    let status = 0;
    let bytes = 0;
    let digest = EMPTY_DIGEST;
    stream.on("response", (headers) => status = Number(headers[":status"]));
    stream.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (this.#sent.wantsDigest) digest = digestOf(chunk, digest);
    });
    return new Promise((resolve, reject) => {
      stream.on("error", reject);
      stream.on("end", () => {
        const isLast = this.#session.closed || this.#session.destroyed;
        if (status > 0) resolve({ status, digest, isLast, bytes });
      });
      stream.on("close", () => {
        if (status === 0) reject(this.#error ?? endOf(stream));
      });
    });
  }

  /** See {@linkcode Asker.close}. */
  close(): void {
    this.#session.destroy();
  }
}

function endOf({ rstCode = 0 }: ClientHttp2Stream): Error {
  return new Error(
    `Cannot read an answer: the stream was reset with ${rstCode}`,
  );
}

/**
 * Connects to `target`, which has to speak HTTP/2: agreed on in the handshake
 * of TLS, else known before.
 *
 * @param signal Gives that up when aborted.
 */
export async function connectHttp2(
  target: Target,
  sent: Http2Options,
  signal: AbortSignal,
): Promise<Http2> {
  const session = connect(new URL(target.url).origin, optionsOf(target));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = () => reject(signal.reason);
  session.once("connect", () => resolve());
  session.on("error", reject);
  signal.addEventListener("abort", give, { once: true });
  try {
    await promise;
    return new Http2(session, target, sent);
  } catch (error) {
    // Passed on: what failed to begin is not left open.
    session.destroy(undefined, constants.NGHTTP2_CANCEL);
    throw error;
  } finally {
    signal.removeEventListener("abort", give);
  }
}

function optionsOf({ tls }: Target): SecureClientSessionOptions {
  if (tls === undefined) return {};
  const { serverName, authorities, isInsecure } = tls;
  return {
    ...nameOption(serverName),
    rejectUnauthorized: !isInsecure,
    ...authorities.length === 0 ? {} : { ca: [...authorities] },
  };
}

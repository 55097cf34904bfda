/**
 * Outgoing HTTP, for guests that were granted network.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { REDIRECTS_MAX } from "../limits.ts";
import type { FetchedHead, FetchHead } from "../script/ops.ts";
import type { Pipe } from "../script/web/pipes.ts";
import { isTracing } from "../trace/telemetry.ts";
import { isTraceHeader } from "../trace/trace_parent.ts";
import { NotCapable } from "./denied.ts";
import { reaches } from "./network.ts";

/** A request and its answer: what is written is the one's body, what is read the other's. */
export interface Exchange extends Pipe {
  /**
   * Makes the request, once, and waits for the head of the answer.
   *
   * @param body The whole body, of a head that is not `isStreamed`.
   * @throws {NotCapable} The capability does not reach a host, that of a
   * redirect included.
   * @throws {TypeError} The scheme is not http or https, or the network failed.
   */
  send(body: Uint8Array | null): Promise<FetchedHead>;
}

/** An exchange that has not begun. Closing it aborts it. */
export function openExchange(
  capability: Capability,
  head: FetchHead,
): Exchange {
  const controller = new AbortController();
  const { signal } = controller;
  const answered = Promise.withResolvers<Reader | undefined>();
  // Who reads hears of a failure; so does who sends, and nobody may read.
  answered.promise.catch(() => {});
  const upload = head.isStreamed ? openUpload() : undefined;
  let reader: Reader | undefined;
  return {
    async send(whole) {
      const body = upload?.body ?? (whole && new Uint8Array(whole));
      try {
        const { response, redirected } = await follow(
          ...[capability, { ...head, body }, signal] as const,
        );
        reader = response.body?.getReader();
        answered.resolve(reader);
        return headOf(response, redirected);
      } catch (error) {
        answered.reject(error);
        throw error;
      }
    },
    async read() {
      const { done, value } = await (await answered.promise)?.read() ??
        { done: true };
      signal.throwIfAborted();
      return done ? null : value!;
    },
    write: async (bytes) => await upload?.write(bytes),
    end: (message) => upload?.end(message),
    close() {
      // Deno keeps the body of what is aborted until garbage is collected. A
      // body that has failed cannot be cancelled, and need not be.
      reader?.cancel().catch(() => {});
      controller.abort();
    },
  };
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** A body that is written while it is sent. */
interface Upload {
  readonly body: ReadableStream<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  end(message: string | null): void;
}

function openUpload(): Upload {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const ignore = () => {};
  return {
    body: readable,
    write: (bytes) => writer.write(bytes),
    end(message) {
      // A request that is over has taken its end of the body with it.
      if (message === null) writer.close().catch(ignore);
      else writer.abort(new TypeError(message)).catch(ignore);
    },
  };
}

/** A request with its body. */
interface Sent extends FetchHead {
  readonly body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null;
}

const REDIRECTS = [301, 302, 303, 307, 308];

// By hand, so that no redirect reaches a host that is not granted.
async function follow(
  capability: Capability,
  sent: Sent,
  signal: AbortSignal,
): Promise<{ response: Response; redirected: boolean }> {
  let request = sent;
  for (let count = 0; count <= REDIRECTS_MAX; count++) {
    const response = await fetchOnce(capability, request, signal);
    const location = response.headers.get("location");
    const isRedirect = REDIRECTS.includes(response.status) &&
      location !== null;
    if (!isRedirect || sent.redirect === "manual") {
      return { response, redirected: count > 0 };
    }
    await response.body?.cancel();
    if (sent.redirect === "error") {
      throw new TypeError(`Cannot follow a redirect: ${request.url}`);
    }
    request = redirect(request, response.status, location);
  }
  throw new TypeError(
    `Cannot follow more than ${REDIRECTS_MAX} redirects: ${sent.url}`,
  );
}

async function fetchOnce(
  capability: Capability,
  { method, url, headers, body }: Sent,
  signal: AbortSignal,
): Promise<Response> {
  demandHost(capability, new URL(url));
  // Deno says what it is a part of, and would say it beside what the guest says.
  const sent = isTracing
    ? headers.filter(([name]) => !isTraceHeader(name))
    : headers;
  return await fetch(
    url,
    { method, headers: sent, body, signal, redirect: "manual" },
  );
}

/** Fields that tell of a body, which is left out when the method changes. */
const OF_BODY = [
  ...["content-encoding", "content-language", "content-location"],
  ...["content-type", "content-length"],
];

/** Fields that are for one origin only. */
const OF_ORIGIN = ["authorization", "cookie", "host", "proxy-authorization"];

/** The request that follows a redirect. @see Fetch Standard, "HTTP-redirect fetch". */
function redirect(request: Sent, status: number, location: string): Sent {
  const url = new URL(location, request.url);
  const { method, body } = request;
  if (body instanceof ReadableStream && status !== 303) {
    throw new TypeError(
      `Cannot follow a redirect with a body that was sent: ${request.url}`,
    );
  }
  const isChanged = status === 303 && method !== "GET" && method !== "HEAD" ||
    (status === 301 || status === 302) && method === "POST";
  const dropped = [
    ...isChanged ? OF_BODY : [],
    ...url.origin === new URL(request.url).origin ? [] : OF_ORIGIN,
  ];
  return {
    ...request,
    url: url.href,
    headers: request.headers.filter(([name]) => !dropped.includes(name)),
    ...isChanged && { method: "GET", body: null },
  };
}

function demandHost(capability: Capability, url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`Cannot fetch a scheme but http and https: ${url}`);
  }
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  if (reaches(capability, url.hostname, Number(port))) return;
  const grant = capability.network === false
    ? "network"
    : `the host ${url.host}`;
  throw new NotCapable("fetch", capability, grant);
}

function headOf(response: Response, redirected: boolean): FetchedHead {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    url: response.url,
    redirected,
    hasBody: response.body !== null,
  };
}

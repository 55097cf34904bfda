/**
 * `wasi:http/outgoing-handler`.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../../../component/host.ts";
import { reaches } from "../../../host/network.ts";
import { VERSION } from "../version.ts";
import { traceOf } from "../../../trace/carried.ts";
import {
  beginSpan,
  type Span,
  type TraceParent,
} from "../../../trace/telemetry.ts";
import { isTraceHeader } from "../../../trace/trace_parent.ts";
import { type ClientExchange, type ClientHead, send } from "./client.ts";
import { httpError } from "./error_code.ts";
import { latin1Bytes } from "./fields.ts";
import { FutureIncomingResponse } from "./future_response.ts";
import { OUTGOING_REQUESTS_MAX } from "./limits.ts";
import type { OutgoingRequest } from "./messages.ts";
import { contentLengthOf } from "./outgoing_body.ts";
import { RequestOptions } from "./request_options.ts";
import { authorityOf, methodName } from "./request_line.ts";
import { httpState } from "./state.ts";

/** The interface. */
export const OUTGOING_HANDLER: HostInterface = {
  name: `wasi:http/outgoing-handler@${VERSION}`,
  wit: `
    use types.{
      outgoing-request, request-options, future-incoming-response, error-code
    };
    handle: func(
      request: outgoing-request,
      options: option<request-options>
    ) -> result<future-incoming-response, error-code>;
  `,
  functions: {
    "handle": (
      guest,
      request: OutgoingRequest,
      options: RequestOptions | undefined,
    ) => {
      try {
        return handle(guest, request, options ?? new RequestOptions());
      } catch (error) {
        // Passed on: here only nobody reads the body any more.
        request.givenBody?.pipe.closeReader();
        throw error;
      } finally {
        request.drop();
      }
    },
  },
};

function handle(
  guest: HostGuest,
  request: OutgoingRequest,
  options: RequestOptions,
): FutureIncomingResponse {
  const state = httpState(guest);
  const head = headOf(request);
  if (!reaches(guest.capability, head.host.toLowerCase(), head.port)) {
    throw httpError({ tag: "HTTP-request-denied" });
  }
  if (state.exchangeCount >= OUTGOING_REQUESTS_MAX) {
    throw httpError({ tag: "connection-limit-reached" });
  }
  const [sent, span] = traced(head, traceOf(guest.self));
  const exchange = send(sent, request.givenBody?.pipe, options.timeouts);
  if (span !== undefined) endWith(span, exchange);
  const kept = { close: () => exchange.abort() };
  state.keep(kept);
  exchange.closed.then(() => state.forget(kept));
  return new FutureIncomingResponse(exchange, state.budget);
}

// `node:http` makes no span of a request whose headers are a list.
function traced(
  head: ClientHead,
  parent: TraceParent | undefined,
): [sent: ClientHead, span: Span | undefined] {
  if (parent === undefined) return [head, undefined];
  const { method, host, port, path } = head;
  const span = beginSpan(method, {
    ...{ parent, kind: "client" },
    attributes: {
      "http.request.method": method,
      "server.address": host,
      "server.port": port,
      "url.path": path.split("?", 1)[0]!,
    },
  });
  if (span === undefined) return [head, undefined];
  const value = latin1Bytes(span.traceParent);
  const headers = head.headers.filter(([name]) => !isTraceHeader(name));
  return [{ ...head, headers: [...headers, ["traceparent", value]] }, span];
}

function endWith(span: Span, { response }: ClientExchange): void {
  response.then(({ status }) => {
    span.set({ "http.response.status_code": status });
    span.end(status >= 400 ? `status ${status}` : undefined);
  }, (error) => span.end(String(error)));
}

function headOf(request: OutgoingRequest): ClientHead {
  const { authority: text, headers, pathWithQuery = "/" } = request;
  const authority = authorityOf(text ?? "");
  if (authority === undefined) {
    throw httpError({ tag: "HTTP-request-URI-invalid" });
  }
  insistSendable(request);
  const isSecure = isSecureOf(request);
  const { host, port = isSecure ? 443 : 80 } = authority;
  return {
    ...{ isSecure, host, port, authority: text! },
    method: methodName(request.method),
    path: pathWithQuery.startsWith("?") ? `/${pathWithQuery}` : pathWithQuery,
    headers: [...headers.entries],
  };
}

function isSecureOf({ scheme }: OutgoingRequest): boolean {
  if (scheme?.tag === "other") throw httpError({ tag: "HTTP-protocol-error" });
  return scheme?.tag !== "HTTP";
}

// What opens a tunnel, and what promises a body that there is not.
function insistSendable({ method, headers, givenBody }: OutgoingRequest): void {
  if (methodName(method).toUpperCase() === "CONNECT") {
    throw httpError({ tag: "HTTP-request-method-invalid" });
  }
  if (givenBody !== undefined) return;
  let length: bigint | undefined;
  try {
    length = contentLengthOf(headers);
  } catch (error) {
    // Said by the guest; what it gets says no more.
    if (!(error instanceof RangeError)) throw error;
    throw httpError({ tag: "HTTP-request-body-size", val: undefined });
  }
  if (length !== undefined && length > 0n) {
    throw httpError({ tag: "HTTP-request-body-size", val: 0n });
  }
}

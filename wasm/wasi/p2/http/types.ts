/**
 * `wasi:http/types`.
 *
 * @module
 */

import type { HostFunction, HostInterface } from "../../../component/host.ts";
import type { IoError } from "../io/io_error.ts";
import { VERSION } from "../version.ts";
import { httpError, type HttpErrorCode, httpErrorCode } from "./error_code.ts";
import { type Field, Fields } from "./fields.ts";
import type { FutureIncomingResponse } from "./future_response.ts";
import type { FutureTrailers, IncomingBody } from "./incoming_body.ts";
import {
  type IncomingRequest,
  type IncomingResponse,
  OutgoingRequest,
  OutgoingResponse,
  type ResponseOutparam,
} from "./messages.ts";
import type { OutgoingBody } from "./outgoing_body.ts";
import type { Method, Scheme } from "./request_line.ts";
import { RequestOptions } from "./request_options.ts";
import { httpState } from "./state.ts";
import { HTTP_TYPES_WIT } from "./types_wit.ts";

type Functions = Readonly<Record<string, HostFunction>>;

const FIELDS: Functions = {
  "[constructor]fields": (guest) => Fields.create(httpState(guest).budget),
  "[static]fields.from-list": (guest, entries: Field[]) =>
    Fields.fromList(httpState(guest).budget, entries),
  "[method]fields.get": (_guest, fields: Fields, name: string) =>
    fields.get(name),
  "[method]fields.has": (_guest, fields: Fields, name: string) =>
    fields.has(name),
  "[method]fields.set": (
    _guest,
    fields: Fields,
    name: string,
    values: Uint8Array[],
  ) => fields.set(name, values),
  "[method]fields.delete": (_guest, fields: Fields, name: string) =>
    fields.delete(name),
  "[method]fields.append": (
    _guest,
    fields: Fields,
    name: string,
    value: Uint8Array,
  ) => fields.append(name, value),
  "[method]fields.entries": (_guest, fields: Fields) => fields.entries,
  "[method]fields.clone": (_guest, fields: Fields) => fields.clone(),
};

const INCOMING: Functions = {
  "[method]incoming-request.method": (_guest, { line }: IncomingRequest) =>
    line.method,
  "[method]incoming-request.path-with-query": (
    _guest,
    { line }: IncomingRequest,
  ) => line.pathWithQuery,
  "[method]incoming-request.scheme": (_guest, { line }: IncomingRequest) =>
    line.scheme,
  "[method]incoming-request.authority": (_guest, { line }: IncomingRequest) =>
    line.authority,
  "[method]incoming-request.headers": (_guest, request: IncomingRequest) =>
    request.headers(),
  "[method]incoming-request.consume": (_guest, request: IncomingRequest) =>
    request.consume(),
  "[method]incoming-response.status": (_guest, response: IncomingResponse) =>
    response.status,
  "[method]incoming-response.headers": (_guest, response: IncomingResponse) =>
    response.headers(),
  "[method]incoming-response.consume": (_guest, response: IncomingResponse) =>
    response.consume(),
  "[method]incoming-body.stream": (_guest, body: IncomingBody) => body.stream(),
  "[static]incoming-body.finish": (_guest, body: IncomingBody) => body.finish(),
  "[method]future-trailers.subscribe": (_guest, future: FutureTrailers) =>
    future.subscribe(),
  "[method]future-trailers.get": (_guest, future: FutureTrailers) =>
    future.get(),
  "[method]future-incoming-response.subscribe": (
    _guest,
    future: FutureIncomingResponse,
  ) => future.subscribe(),
  "[method]future-incoming-response.get": (
    _guest,
    future: FutureIncomingResponse,
  ) => future.get(),
};

const OUTGOING_REQUEST: Functions = {
  "[constructor]outgoing-request": (_guest, headers: Fields) =>
    new OutgoingRequest(headers),
  "[method]outgoing-request.body": (_guest, request: OutgoingRequest) =>
    request.body(),
  "[method]outgoing-request.method": (_guest, request: OutgoingRequest) =>
    request.method,
  "[method]outgoing-request.set-method": (
    _guest,
    request: OutgoingRequest,
    method: Method,
  ) => request.setMethod(method),
  "[method]outgoing-request.path-with-query": (
    _guest,
    request: OutgoingRequest,
  ) => request.pathWithQuery,
  "[method]outgoing-request.set-path-with-query": (
    _guest,
    request: OutgoingRequest,
    pathWithQuery: string | undefined,
  ) => request.setPathWithQuery(pathWithQuery),
  "[method]outgoing-request.scheme": (_guest, request: OutgoingRequest) =>
    request.scheme,
  "[method]outgoing-request.set-scheme": (
    _guest,
    request: OutgoingRequest,
    scheme: Scheme | undefined,
  ) => request.setScheme(scheme),
  "[method]outgoing-request.authority": (_guest, request: OutgoingRequest) =>
    request.authority,
  "[method]outgoing-request.set-authority": (
    _guest,
    request: OutgoingRequest,
    authority: string | undefined,
  ) => request.setAuthority(authority),
  "[method]outgoing-request.headers": (_guest, request: OutgoingRequest) =>
    request.headers.view(),
};

const OUTGOING_RESPONSE: Functions = {
  "[constructor]outgoing-response": (_guest, headers: Fields) =>
    new OutgoingResponse(headers),
  "[method]outgoing-response.status-code": (
    _guest,
    response: OutgoingResponse,
  ) => response.status,
  "[method]outgoing-response.set-status-code": (
    _guest,
    response: OutgoingResponse,
    status: number,
  ) => response.setStatus(status),
  "[method]outgoing-response.headers": (_guest, response: OutgoingResponse) =>
    response.headers.view(),
  "[method]outgoing-response.body": (_guest, response: OutgoingResponse) =>
    response.body(),
  "[method]outgoing-body.write": (_guest, body: OutgoingBody) => body.write(),
  "[static]outgoing-body.finish": (
    _guest,
    body: OutgoingBody,
    trailers: Fields | undefined,
  ) => body.finish(trailers),
  // Deno's listener has no way to send one.
  "[method]response-outparam.send-informational": (
    _guest,
    _param: ResponseOutparam,
    _status: number,
    headers: Fields,
  ) => {
    headers.drop();
    const val = "Cannot send an informational response here";
    throw httpError({ tag: "internal-error", val });
  },
  "[static]response-outparam.set": (
    _guest,
    param: ResponseOutparam,
    response:
      | { readonly tag: "ok"; readonly val: OutgoingResponse }
      | { readonly tag: "err"; readonly val: HttpErrorCode },
  ) => {
    const responder = param.take();
    if (response.tag === "err") return responder.fail(response.val);
    responder.respond(response.val, response.val.givenBody);
  },
};

type Timeout = "connect" | "firstByte" | "betweenBytes";

const OPTIONS: Functions = {
  "[constructor]request-options": () => new RequestOptions(),
  ...timeout("connect-timeout", "connect"),
  ...timeout("first-byte-timeout", "firstByte"),
  ...timeout("between-bytes-timeout", "betweenBytes"),
};

function timeout(name: string, key: Timeout): Functions {
  return {
    [`[method]request-options.${name}`]: (_guest, options: RequestOptions) =>
      options[key],
    [`[method]request-options.set-${name}`]: (
      _guest,
      options: RequestOptions,
      duration: bigint | undefined,
    ) => void (options[key] = duration),
  };
}

/** The interface. */
export const HTTP_TYPES: HostInterface = {
  name: `wasi:http/types@${VERSION}`,
  wit: HTTP_TYPES_WIT,
  functions: {
    "http-error-code": (_guest, error: IoError) => httpErrorCode(error),
    ...FIELDS,
    ...INCOMING,
    ...OUTGOING_REQUEST,
    ...OUTGOING_RESPONSE,
    ...OPTIONS,
  },
  resources: {
    "fields": { drop: (_guest, each: Fields) => each.drop() },
    "incoming-request": {
      drop: (_guest, each: IncomingRequest) => each.drop(),
    },
    "incoming-response": {
      drop: (_guest, each: IncomingResponse) => each.drop(),
    },
    "incoming-body": { drop: (_guest, each: IncomingBody) => each.drop() },
    "future-trailers": { drop: (_guest, each: FutureTrailers) => each.drop() },
    "future-incoming-response": {
      drop: (_guest, each: FutureIncomingResponse) => each.drop(),
    },
    "outgoing-request": {
      drop: (_guest, each: OutgoingRequest) => each.discard(),
    },
    "outgoing-response": {
      drop: (_guest, each: OutgoingResponse) => each.discard(),
    },
    "outgoing-body": { drop: (_guest, each: OutgoingBody) => each.drop() },
    "response-outparam": {
      drop: (_guest, each: ResponseOutparam) => each.drop(),
    },
    "request-options": {},
  },
};

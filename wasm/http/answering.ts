/**
 * The guest's half of an exchange.
 *
 * @module
 */

import type { HostGuest } from "../component/host.ts";
import type { BodyDrain, BodyPipe } from "../wasi/p2/http/body_pipe.ts";
import type { BodyReader } from "../wasi/p2/http/body_source.ts";
import { type HttpErrorCode, HttpFailure } from "../wasi/p2/http/error_code.ts";
import {
  type Field,
  Fields,
  latin1,
  latin1Bytes,
} from "../wasi/p2/http/fields.ts";
import {
  IncomingRequest,
  type OutgoingResponse,
  type Responder,
  ResponseOutparam,
} from "../wasi/p2/http/messages.ts";
import type { OutgoingBody } from "../wasi/p2/http/outgoing_body.ts";
import { methodOf, schemeOf } from "../wasi/p2/http/request_line.ts";
import { httpState } from "../wasi/p2/http/state.ts";
import { atTurnEnd } from "../wasi/p2/http/turn_end.ts";
import {
  type GuestFrame,
  NO_BYTES,
  type Part,
  type RequestStart,
} from "./frames.ts";
import { GuestLine, type LineListener } from "./guest_line.ts";
import { eachHeader, headerText } from "./header_text.ts";
import { RESPONSE_HEADERS_BYTES_MAX, RESPONSE_HEADERS_MAX } from "./limits.ts";

/** What a handler is called with. */
export type HandlerArguments = readonly [
  request: IncomingRequest,
  outparam: ResponseOutparam,
];

/** Makes what `guest` is called with to answer `start`. It ends with the process. */
export function answering(
  guest: HostGuest,
  start: RequestStart,
): HandlerArguments {
  const half = new Answering(guest, start);
  httpState(guest).keep(half);
  return [half.request(), new ResponseOutparam(half)];
}

type Head = Pick<
  Extract<GuestFrame, { type: "head" }>,
  "status" | "headers"
>;

/** Reads the request's body, and sends the response. */
class Answering implements Responder, BodyReader, BodyDrain, LineListener {
  readonly #guest: HostGuest;
  readonly #start: RequestStart;
  readonly #line: GuestLine;
  #pipe: BodyPipe | undefined;
  // Held back for what is written in the same turn, or until the process ends.
  #head: Head | undefined;
  // Whether the process ends, so that nobody hears of what comes later.
  #isEnding = false;

  constructor(guest: HostGuest, start: RequestStart) {
    this.#guest = guest;
    this.#start = start;
    this.#line = new GuestLine(guest.self.runtime, start.caller, this);
  }

  request(): IncomingRequest {
    const { method, url, headers } = this.#start;
    const { budget } = httpState(this.#guest);
    const { protocol, host, pathWithQuery } = partsOf(url);
    const line = {
      method: methodOf(method),
      scheme: schemeOf(protocol),
      ...{ authority: host, pathWithQuery },
    };
    const fields = Fields.receivedLater(budget, () => fieldsIn(headers));
    return new IncomingRequest(line, { headers: fields, body: this }, budget);
  }

  // Of the request's body.
  read(): Promise<Uint8Array | null> {
    if (!this.#start.hasBody) return Promise.resolve(null);
    return this.#line.read();
  }

  // Deno's listener does not tell of any.
  trailers(): readonly [] {
    return [];
  }

  // What nobody asks for is not sent.
  cancel(): void {}

  respond(response: OutgoingResponse, body: OutgoingBody | undefined): void {
    const head = headOf(response);
    response.drop();
    if (typeof head === "string") {
      body?.pipe.closeReader();
      return this.#send({ type: "none", why: head });
    }
    this.#head = head;
    if (body !== undefined) {
      this.#pipe = body.pipe;
      body.pipe.attach(this);
    }
    // Behind what the pipe passes on then.
    atTurnEnd(() => this.#begin());
  }

  // What was written in this turn has been passed on with the head.
  #begin(): void {
    if (this.#head === undefined) return;
    const kind = this.#pipe === undefined ? "last" : "nothing";
    this.#pass({ kind, bytes: NO_BYTES });
  }

  fail({ tag }: HttpErrorCode): void {
    this.#send({ type: "none", why: `it set the error ${tag}` });
  }

  // Of the response's body.
  write(bytes: Uint8Array): Promise<void> {
    return this.#line.write(() => this.#pass({ kind: "piece", bytes }));
  }

  end(rest: Uint8Array): void {
    this.#pass({ kind: "last", bytes: rest });
  }

  abort(): void {
    this.#pass({ kind: "cut", bytes: NO_BYTES });
  }

  #pass(part: Part): void {
    const head = this.#head;
    if (head === undefined) return this.#send({ type: "part", part });
    this.#head = undefined;
    if (part.kind === "last") {
      const { status, headers } = head;
      const { bytes } = part;
      const isEnd = this.#isEnding;
      return this.#send({ type: "whole", status, headers, bytes, isEnd });
    }
    const { inbox } = this.#line;
    this.#send({ type: "head", inbox, ...head, part });
  }

  #send(frame: GuestFrame): void {
    this.#guest.self.runtime.send(this.#start.caller, frame);
  }

  gone(): Error {
    return new HttpFailure({ tag: "connection-terminated" });
  }

  tooLarge(): Error {
    return new HttpFailure({ tag: "HTTP-request-body-size", val: undefined });
  }

  lost(): void {
    this.#pipe?.closeReader({ tag: "connection-terminated" });
  }

  /** The process has ended: what is complete of the response goes out. */
  close(): void {
    this.#isEnding = true;
    this.#pipe?.finishNow();
    this.#begin();
    this.#line.close();
  }
}

// Why not, when the headers are too many.
function headOf({ status, headers }: OutgoingResponse): Head | string {
  const entries = headers.entries;
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  if (entries.length > RESPONSE_HEADERS_MAX) {
    return `it has more than ${RESPONSE_HEADERS_MAX} headers: ${entries.length}`;
  }
  if (bytes > RESPONSE_HEADERS_BYTES_MAX) {
    return `its headers have more than ${RESPONSE_HEADERS_BYTES_MAX} bytes: ${bytes}`;
  }
  const list = entries.map(([name, value]) => [name, latin1(value)] as const);
  return { status, headers: headerText(list) };
}

function fieldsIn(headers: string): Field[] {
  const fields: Field[] = [];
  eachHeader(headers, (name, value) => fields.push([name, latin1Bytes(value)]));
  return fields;
}

/** The URL, as it came: reading it by `URL` would change it. */
interface UrlParts {
  readonly protocol: string;
  readonly host: string;
  readonly pathWithQuery: string;
}

function partsOf(url: string): UrlParts {
  const hostAt = url.indexOf("//") + 2;
  const pathAt = endOfHost(url, hostAt);
  const fragmentAt = url.indexOf("#", pathAt);
  const end = fragmentAt < 0 ? url.length : fragmentAt;
  return {
    protocol: url.slice(0, hostAt - 2),
    host: url.slice(hostAt, pathAt),
    pathWithQuery: url.slice(pathAt, end) || "/",
  };
}

function endOfHost(url: string, from: number): number {
  let at = from;
  while (at < url.length && !isPathStart(url.charCodeAt(at))) at++;
  return at;
}

// One of `/`, `?` and `#`.
function isPathStart(unit: number): boolean {
  return unit === 0x2f || unit === 0x3f || unit === 0x23;
}

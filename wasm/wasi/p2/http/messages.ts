/**
 * Requests and responses, as a guest makes and reads them.
 *
 * @module
 */

import {
  CanonicalTrap,
  ComponentError,
} from "../../../component/canonical/mod.ts";
import type { BodyReader } from "./body_source.ts";
import type { HttpErrorCode } from "./error_code.ts";
import type { FieldBudget, Fields } from "./fields.ts";
import { IncomingBody } from "./incoming_body.ts";
import { contentLengthOf, OutgoingBody } from "./outgoing_body.ts";
import {
  authorityOf,
  isMethod,
  isPathWithQuery,
  isScheme,
  type Method,
  type Scheme,
} from "./request_line.ts";

/** The head of a message that came. */
export interface IncomingHead {
  /** Its headers. Taken over. */
  readonly headers: Fields;
  /** Its body; taken over by whoever consumes it. */
  readonly body: BodyReader;
}

/** What incoming requests and responses have in common. */
class Incoming {
  readonly #head: IncomingHead;
  readonly #budget: FieldBudget;
  #isConsumed = false;

  constructor(head: IncomingHead, budget: FieldBudget) {
    this.#head = head;
    this.#budget = budget;
  }

  headers(): Fields {
    return this.#head.headers.view();
  }

  consume(): IncomingBody {
    if (this.#isConsumed) throw new ComponentError(undefined);
    this.#isConsumed = true;
    return new IncomingBody(this.#head.body, this.#budget);
  }

  drop(): void {
    this.#head.headers.drop();
    if (!this.#isConsumed) this.#head.body.cancel();
  }
}

/** What a listener's request says. */
export interface RequestLine {
  /** Its method. */
  readonly method: Method;
  /** Its path and query. */
  readonly pathWithQuery: string | undefined;
  /** Its scheme. */
  readonly scheme: Scheme | undefined;
  /** Whom the client meant. */
  readonly authority: string | undefined;
}

/** The resource `incoming-request`. */
export class IncomingRequest {
  /** What it says. */
  readonly line: RequestLine;
  readonly #incoming: Incoming;

  /** Takes `head` over. */
  constructor(line: RequestLine, head: IncomingHead, budget: FieldBudget) {
    this.line = line;
    this.#incoming = new Incoming(head, budget);
  }

  /** Its headers, which cannot be changed. */
  headers(): Fields {
    return this.#incoming.headers();
  }

  /** Its body. @throws {ComponentError} It was asked for before. */
  consume(): IncomingBody {
    return this.#incoming.consume();
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.#incoming.drop();
  }
}

/** The resource `incoming-response`. */
export class IncomingResponse {
  /** Its status. */
  readonly status: number;
  readonly #incoming: Incoming;

  /** Takes `head` over. */
  constructor(status: number, head: IncomingHead, budget: FieldBudget) {
    this.status = status;
    this.#incoming = new Incoming(head, budget);
  }

  /** Its headers, which cannot be changed. */
  headers(): Fields {
    return this.#incoming.headers();
  }

  /** Its body. @throws {ComponentError} It was asked for before. */
  consume(): IncomingBody {
    return this.#incoming.consume();
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.#incoming.drop();
  }
}

/** The resource `outgoing-request`. */
export class OutgoingRequest {
  /** Its headers, which cannot be changed any more. */
  readonly headers: Fields;
  #method: Method = { tag: "get" };
  #pathWithQuery: string | undefined;
  #scheme: Scheme | undefined;
  #authority: string | undefined;
  #body: OutgoingBody | undefined;

  /** Takes `headers` over. */
  constructor(headers: Fields) {
    this.headers = headers;
  }

  /** The body that was asked for. */
  get givenBody(): OutgoingBody | undefined {
    return this.#body;
  }

  /** Its body. @throws {ComponentError} It was asked for before. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw new ComponentError(undefined);
    return this.#body = new OutgoingBody({
      sizeTag: "HTTP-request-body-size",
      length: lengthOf(this.headers),
    });
  }

  get method(): Method {
    return this.#method;
  }

  /** `GET` at first. @throws {ComponentError} It cannot be sent. */
  setMethod(method: Method): void {
    insist(isMethod(method));
    this.#method = method;
  }

  get pathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  /** Undefined at first, which is sent as `/`. @throws {ComponentError} It cannot be sent. */
  setPathWithQuery(pathWithQuery: string | undefined): void {
    insist(pathWithQuery === undefined || isPathWithQuery(pathWithQuery));
    this.#pathWithQuery = pathWithQuery;
  }

  get scheme(): Scheme | undefined {
    return this.#scheme;
  }

  /** Undefined at first, which is HTTPS. @throws {ComponentError} It is none. */
  setScheme(scheme: Scheme | undefined): void {
    insist(scheme === undefined || isScheme(scheme));
    this.#scheme = scheme;
  }

  get authority(): string | undefined {
    return this.#authority;
  }

  /** Undefined at first. @throws {ComponentError} It is none. */
  setAuthority(authority: string | undefined): void {
    insist(authority === undefined || authorityOf(authority) !== undefined);
    this.#authority = authority;
  }

  /** The guest has it no more. */
  drop(): void {
    this.headers.drop();
  }

  /** It is not sent: whoever writes the body is told. */
  discard(): void {
    this.drop();
    this.#body?.pipe.closeReader();
  }
}

/** The resource `outgoing-response`. */
export class OutgoingResponse {
  /** Its headers, which cannot be changed any more. */
  readonly headers: Fields;
  #status = 200;
  #body: OutgoingBody | undefined;

  /** Takes `headers` over. */
  constructor(headers: Fields) {
    this.headers = headers;
  }

  /** The body that was asked for. */
  get givenBody(): OutgoingBody | undefined {
    return this.#body;
  }

  get status(): number {
    return this.#status;
  }

  /**
   * 200 at first. Those below 200 are no answers, and the client of a 205 would
   * wait for a body that never comes: Deno sends none of them.
   *
   * @throws {ComponentError} It cannot be sent.
   */
  setStatus(status: number): void {
    insist(status >= 200 && status <= 599 && status !== 205);
    this.#status = status;
  }

  /** Its body. @throws {ComponentError} It was asked for before. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw new ComponentError(undefined);
    return this.#body = new OutgoingBody({
      sizeTag: "HTTP-response-body-size",
      length: lengthOf(this.headers),
    });
  }

  /** The guest has it no more. */
  drop(): void {
    this.headers.drop();
  }

  /** It is not sent: whoever writes the body is told. */
  discard(): void {
    this.drop();
    this.#body?.pipe.closeReader();
  }
}

function lengthOf(headers: Fields): bigint | undefined {
  try {
    return contentLengthOf(headers);
  } catch (error) {
    // The guest is told that there is no body under such headers.
    if (error instanceof RangeError) throw new ComponentError(undefined);
    throw error;
  }
}

function insist(isValid: boolean): void {
  if (!isValid) throw new ComponentError(undefined);
}

/** Who waits for a response. */
export interface Responder {
  /**
   * Sends a response: its head, and its body as it comes. Takes `response` over.
   *
   * @param body Undefined when it has none.
   */
  respond(response: OutgoingResponse, body: OutgoingBody | undefined): void;
  /** There is no response, but an error. */
  fail(code: HttpErrorCode): void;
}

/** The resource `response-outparam`. */
export class ResponseOutparam {
  #responder: Responder | undefined;

  /** Answers `responder`, once. */
  constructor(responder: Responder) {
    this.#responder = responder;
  }

  /** Whom to answer. @throws {CanonicalTrap} It was answered. */
  take(): Responder {
    const responder = this.#responder;
    if (responder === undefined) {
      throw new CanonicalTrap("Cannot answer a request twice");
    }
    this.#responder = undefined;
    return responder;
  }

  /** Nobody answers any more; who waits hears of that at the end of the process. */
  drop(): void {
    this.#responder = undefined;
  }
}

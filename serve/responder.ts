/**
 * Who answers the requests of a listener, while that may change.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Metadata } from "@rusm/otp";
import { type Component, isTracing } from "@rusm/wasm";
import { answer, type OwnStatus, unavailable } from "./answer.ts";
import type {
  AuthenticationRules,
  Authenticator,
} from "./auth/authentication.ts";
import { metadataOf } from "./auth/claims.ts";
import { NO_HOOKS, refusalOf } from "./auth/refusal.ts";
import { type AuthenticationRequest, splitTarget } from "./auth/request.ts";
import { answerWithFile, type FileRequest } from "./content/files.ts";
import { type Dispatch, withContent } from "./content/content.ts";
import {
  type Client,
  exchange,
  type Handler,
  type Node,
  type RequestNotes,
} from "./exchange.ts";
import { handle } from "./handling.ts";
import type { Incoming } from "./incoming.ts";
import type { Deadlines } from "./listen/deadlines.ts";
import type { RequestInfo } from "./listen/deno_http.ts";
import type { Origin } from "./listen/origin.ts";
import { type BodyPace, type BodyReading, paceBody } from "./listen/pacing.ts";
import { clientOf, Tally } from "./listen/tally.ts";
import type { Access } from "./log.ts";
import type { HttpListener } from "./manifest.ts";
import type { ListenerMetrics } from "./observe/listener_metrics.ts";
import { traceRequest } from "./observe/request_trace.ts";
import { matchRoute, type RouteMatch } from "./routes.ts";

/** Who answers the requests of a listener. */
export interface Handlers {
  /** What it listens on, and who answers. */
  readonly listener: HttpListener;
  /** The app's components, by name. */
  readonly components: ReadonlyMap<string, Component>;
}

/** What a {@linkcode Responder} needs. */
export interface ResponderOptions extends Handlers {
  /** Runs the processes. */
  readonly node: Node;
  /** Absolute path that its files are relative to. */
  readonly directory: string;
  /** Looks after the bodies of requests. */
  readonly deadlines: Deadlines;
  /** Asks hooks; they all deny when absent. */
  readonly authenticator?: Authenticator;
  /** Counts whom there is no room for; nobody does when absent. */
  readonly metrics?: ListenerMetrics | undefined;
}

/** Who answers a request and whom, for the log. */
export type Answering =
  & Pick<Access, "path" | "client" | "requestId">
  & RequestNotes
  & { component?: string; trace?: RequestNotes["trace"] };

/** What is told of a request beside it. */
type Told = [
  info: RequestInfo,
  origin: Origin | OwnStatus,
  answering: Answering,
  reading?: BodyReading,
];

/** A request that came. */
interface Arrival {
  readonly generation: Generation;
  readonly request: Request;
  readonly info: RequestInfo;
  readonly origin: Origin;
  readonly answering: Answering;
  /** Is told how far the body is read. */
  readonly reading: BodyReading | undefined;
  /** What goes with all that is done for it; nothing when absent. */
  readonly metadata?: Metadata;
}

/** Admits a request: returns what is called when it has ended, or `undefined` when there is no room. */
type Enter = () => (() => void) | undefined;

/** Requests that the same components answer. */
interface Generation extends Handlers {
  inFlightCount: number;
  readonly ended: PromiseWithResolvers<void>;
  readonly respond: Dispatch<Told>;
}

/**
 * Finds who answers a request, admits it, and has it answered.
 *
 * Invariant: requests in flight count for as long as they are, whoever answers
 * those that come now.
 */
export class Responder {
  readonly #options: Omit<ResponderOptions, keyof Handlers>;
  readonly #tally: Tally;
  #inFlightCount = 0;
  #current: Generation;

  /** Has `listener` and `components` answer until it is told of others. */
  constructor({ listener, components, ...options }: ResponderOptions) {
    this.#options = options;
    this.#tally = new Tally(listener.admission.inFlightPerClientMax);
    this.#current = this.#generationOf({ listener, components });
  }

  #generationOf({ listener, components }: Handlers): Generation {
    const generation: Generation = {
      ...{ listener, components, inFlightCount: 0 },
      ended: Promise.withResolvers(),
      respond: withContent(
        listener.content,
        (request, ...told) => this.#dispatch(generation, request, ...told),
      ),
    };
    return generation;
  }

  /** Answers `request`, which is from `origin`, and tells `answering` by whom. */
  respond(request: Request, ...told: Told): Response | Promise<Response> {
    return this.#current.respond(request, ...told);
  }

  #dispatch(
    generation: Generation,
    request: Request,
    info: RequestInfo,
    origin: Origin | OwnStatus,
    answering: Answering,
    reading?: BodyReading,
  ): Response | Promise<Response> {
    if (typeof origin === "number") return answer(origin);
    const enter = () => this.#enter(generation, clientOf(origin.address));
    const arrival = { generation, request, info, origin, answering, reading };
    const { authentication } = generation.listener;
    return authentication === undefined
      ? this.#route(arrival, enter)
      : this.#authenticate({ ...arrival, enter }, authentication);
  }

  // Before its route is looked for: nobody learns without leave what there is.
  async #authenticate(
    { enter, ...arrival }: Arrival & { readonly enter: Enter },
    rules: AuthenticationRules,
  ): Promise<Response> {
    const leave = enter();
    if (leave === undefined) return unavailable();
    let isPassedOn = false;
    const { authenticator = NO_HOOKS } = this.#options;
    try {
      const asked = authenticationRequestOf(arrival);
      const verdict = await authenticator.authenticate(rules, asked);
      if (verdict.type !== "allowed") return refusalOf(verdict, rules);
      const metadata = metadataOf(verdict.claims);
      return await this.#route({ ...arrival, metadata }, () => {
        isPassedOn = true;
        return leave;
      });
    } finally {
      if (!isPassedOn) leave();
    }
  }

  #route(
    { generation, request, info, origin, answering, reading, metadata }:
      Arrival,
    enter: Enter,
  ): Response | Promise<Response> {
    const { method } = request;
    const found = findHandler(generation, method, origin.path, answering);
    if (found instanceof Response) return found;
    if (found.type === "component") note(answering, method, found);
    const onEnd = enter();
    if (onEnd === undefined) return unavailable();
    const handler = metadata === undefined ? found : { ...found, metadata };
    const { node, directory, deadlines } = this.#options;
    if (handler.type === "files") {
      const root = resolve(directory, handler.directory);
      const { headers } = request;
      const asked = { ...handler, method, headers, path: origin.path };
      return sendFile(root, asked, info, onEnd);
    }
    const gapMsMax = generation.listener.admission.bodyTimeoutMs;
    const pace = { deadlines, gapMsMax, reading };
    const incoming = new Asked(request, origin, pace);
    const client = new Asker(info, onEnd);
    return handler.component.isHandler
      ? handle(node, handler, incoming, client)
      : exchange(node, handler, incoming, client);
  }

  // Undefined when there is no room.
  #enter(generation: Generation, client: string): (() => void) | undefined {
    const { inFlightMax } = generation.listener;
    const { metrics } = this.#options;
    if (this.#inFlightCount >= inFlightMax) {
      metrics?.refused("in_flight");
      return undefined;
    }
    if (!this.#tally.add(client)) {
      metrics?.refused("in_flight_per_client");
      return undefined;
    }
    this.#inFlightCount++;
    generation.inFlightCount++;
    return () => {
      this.#inFlightCount--;
      generation.inFlightCount--;
      this.#tally.remove(client);
      if (generation !== this.#current) endIfIdle(generation);
    };
  }

  /**
   * Has others answer the requests that come from now on.
   *
   * @returns Resolves when the guests of all requests that came before have ended.
   */
  update(handlers: Handlers): Promise<void> {
    const before = this.#current;
    this.#current = this.#generationOf(handlers);
    endIfIdle(before);
    return before.ended.promise;
  }
}

function authenticationRequestOf(
  { request: { method }, origin: { path, headers, address } }: Arrival,
): AuthenticationRequest {
  return {
    ...{ method, ...splitTarget(path), remoteAddr: address },
    headers: [...headers],
  };
}

function note(
  answering: Answering,
  method: string,
  { component: { name: component }, routeKey }: Extract<
    Answerer,
    { type: "component" }
  >,
): void {
  answering.component = component;
  if (!isTracing) return;
  const { requestId } = answering;
  answering.trace = traceRequest({ method, component, routeKey, requestId });
}

function endIfIdle({ inFlightCount, ended }: Generation): void {
  if (inFlightCount === 0) ended.resolve();
}

/** Who answers. */
type Answerer =
  | Handler & {
    readonly type: "component";
    /** Of its route; undefined without one. */
    readonly routeKey: string | undefined;
  }
  | Extract<RouteMatch, { type: "files" }>;

function findHandler(
  { listener, components }: Handlers,
  method: string,
  path: string,
  notes: RequestNotes,
): Answerer | Response {
  const { target, requestTimeoutMs: timeoutMs, bodyBytesMax } = listener;
  if (typeof target === "string") {
    // Without spreads: there is one for each request.
    return {
      type: "component",
      component: components.get(target)!,
      action: null,
      params: [],
      timeoutMs,
      bodyBytesMax,
      notes,
      routeKey: undefined,
    };
  }
  const match = matchRoute(target, method, path);
  switch (match.type) {
    case "match": {
      const component = components.get(match.component)!;
      const { action = null, params, key: routeKey } = match;
      return {
        type: "component",
        component,
        action,
        params,
        timeoutMs,
        bodyBytesMax,
        notes,
        routeKey,
      };
    }
    case "files":
      return match;
    case "options": {
      const headers = { allow: match.allow.join(", ") };
      return new Response(null, { status: 204, headers });
    }
    case "methodNotAllowed":
      return answer(405, { allow: match.allow.join(", ") });
    case "malformed":
      return answer(400);
    case "notFound":
      return answer(404);
  }
}

// A file is open until the whole of its body has been taken.
async function sendFile(
  root: string,
  asked: FileRequest,
  info: RequestInfo,
  onEnd: () => void,
): Promise<Response> {
  try {
    const response = await answerWithFile(root, asked);
    info.completed.then(onEnd, onEnd);
    return response;
  } catch (error) {
    // What was admitted has ended, too.
    onEnd();
    throw error;
  }
}

/** Who has made a request. */
class Asker implements Client {
  readonly onEnd: () => void;
  readonly #info: RequestInfo;

  constructor(info: RequestInfo, onEnd: () => void) {
    this.#info = info;
    this.onEnd = onEnd;
  }

  // Not before somebody asks: it rejects, and is to be heard then.
  get completed(): Promise<void> {
    return this.#info.completed;
  }
}

/** A request as its guest sees it. */
class Asked implements Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: Incoming["headers"];
  readonly #request: Request;
  readonly #pace: BodyPace;
  #body: Incoming["body"] | undefined;

  constructor(request: Request, { url, headers }: Origin, pace: BodyPace) {
    this.method = request.method;
    this.url = url;
    this.headers = headers;
    this.#request = request;
    this.#pace = pace;
  }

  // Not before it is asked for: that is when a client is told to continue.
  get body(): Incoming["body"] {
    if (this.#body !== undefined) return this.#body;
    const { body } = this.#request;
    return this.#body = body && paceBody(body, this.#pace);
  }
}

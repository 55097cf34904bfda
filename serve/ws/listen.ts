/**
 * WebSocket listeners: a fresh process for each connection.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Metadata, Runtime } from "@rusm/otp";
import { beginSpan, type Engine, SystemLimit } from "@rusm/wasm";
import type {
  AuthenticationRules,
  Authenticator,
} from "../auth/authentication.ts";
import { metadataOf } from "../auth/claims.ts";
import { NO_HOOKS } from "../auth/refusal.ts";
import { Handlers, type HandlerStart } from "../connection/handlers.ts";
import { PULSE_MS_MAX, RETRY_AFTER_SECONDS } from "../limits.ts";
import { TrustedProxies } from "../listen/forwarded.ts";
import type { Way } from "../listen/origin.ts";
import { certificatesOf } from "../listen/serving.ts";
import { clientOf, Tally } from "../listen/tally.ts";
import { chooseCertificate, LiveCertificates } from "../listen/tls.ts";
import type { Log } from "../log.ts";
import type { WsListener } from "../manifest.ts";
import type {
  ListenerMetrics,
  Refusal as NoRoom,
} from "../observe/listener_metrics.ts";
import { CLOSE } from "./close_code.ts";
import { Conversation, type ConversationParts } from "./conversation.ts";
import { Door, type DoorTls, type Knock, refuse } from "./door.ts";
import {
  type Asker,
  askerOf,
  authenticationRequestOf,
  hear,
  type Hearing,
  type Opening,
  openingOf,
  type OpeningRequest,
  type Refusal,
  UPGRADE,
} from "./handshake.ts";
import type { WebSocket, WebSocketServer } from "./library.ts";
import { answerPing, Liveness } from "./liveness.ts";
import { createSockets, noteRequestId } from "./sockets.ts";
import { Watched } from "./watched.ts";

/** A listener that accepts connections. */
export interface WsServer {
  /** Where it listens, with the port that the system chose. */
  readonly url: string;

  /**
   * Has others handle the connections that come from now on. Those that are there
   * go on as they are.
   */
  update(to: Pick<WsOptions, "handlers"> & Routed): Promise<void>;

  /**
   * Accepts no more connections, and tells all clients that it goes away.
   * Resolves when they are gone, and their handlers have ended. Idempotent.
   */
  stop(): Promise<void>;

  /** Cuts every connection. */
  cut(): void;
}

/** Who is asked. */
export interface Routed {
  /** The same but for its target, and who is asked for leave. */
  readonly listener: Pick<WsListener, "target" | "authentication">;
}

/** What a listener needs from its app. */
export interface WsOptions {
  /** Runs the native processes. */
  readonly runtime: Runtime;
  /** Runs the handlers. */
  readonly engine: Pick<Engine, "spawnMonitor">;
  /** What it listens on, and who handles. */
  readonly listener: WsListener;
  /** The app's components that processes can be made of, by name. */
  readonly handlers: ReadonlyMap<string, HandlerStart>;
  /** Asks hooks who may connect; they all deny when absent. */
  readonly authenticator?: Authenticator;
  /** Takes a line for each request. */
  readonly log: Log;
  /** Counts what happens; nobody does when absent. */
  readonly metrics?: ListenerMetrics | undefined;
  /** Absolute path that its certificates are relative to. */
  readonly directory: string;
}

/**
 * Starts to listen.
 *
 * @throws {Error} The address cannot be listened on; its `code` says why.
 * @throws {TlsError} A certificate or its key cannot be used.
 */
export async function listenWs(options: WsOptions): Promise<WsServer> {
  const listening = new Listening(options);
  await listening.start();
  return listening;
}

/** One listener. */
class Listening implements WsServer {
  #options: WsOptions;
  readonly #door: Door;
  readonly #sockets: WebSocketServer;
  readonly #parts: ConversationParts;
  readonly #proxies: TrustedProxies;
  readonly #certificates: LiveCertificates | undefined;
  readonly #tally: Tally;
  readonly #conversations = new Map<Conversation, Client>();
  #pulse: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: WsOptions) {
    const { runtime, engine, listener, log } = options;
    const { admission } = listener;
    this.#options = options;
    this.#proxies = new TrustedProxies(admission.trustedProxies);
    this.#certificates = certificatesFor(options);
    this.#tally = new Tally(admission.connectionsPerClientMax);
    this.#sockets = createSockets(listener);
    this.#parts = {
      ...{ runtime, handlers: new Handlers(runtime, engine) },
      backlog: {
        countMax: listener.queuedMessagesMax,
        bytesMax: listener.queuedBytesMax,
      },
      ended: (conversation) => this.#ended(conversation),
    };
    const { hostname, port, handshakeTimeoutMs } = listener;
    this.#door = new Door({
      ...{ hostname, port, handshakeTimeoutMs },
      openingsPerClientMax: admission.connectionsPerClientMax,
      isProxy: (address) => this.#proxies.has(address),
      ...(this.#certificates && { tls: doorTlsOf(this.#certificates) }),
    }, {
      knocked: (knock) => this.#knocked(knock),
      refusalOf: (request) => this.#refusalOf(request),
      failed: (error) => log.error(`Cannot accept a connection: ${error}`),
      regained: () => log.warn(`Listens again: ${this.url}`),
    });
  }

  async start(): Promise<void> {
    await this.#parts.handlers.ready();
    this.#certificates?.watch(() => void this.#door.renew());
    try {
      await this.#door.open();
    } catch (error) {
      // Not swallowed: nothing of the listener may be left.
      this.#certificates?.stop();
      await this.#parts.handlers.close();
      throw error;
    }
    const { listener } = this.#options;
    this.#pulse = setInterval(() => this.#look(), pulseMsOf(listener));
  }

  #look(): void {
    const nowMs = performance.now();
    this.#door.look();
    for (const { liveness } of this.#conversations.values()) {
      liveness?.look(nowMs);
    }
  }

  #refusalOf(request: IncomingMessage): Refusal {
    const refusal = refusalOfPlain(
      this.#openingRequestOf(request),
      this.#options.listener,
    );
    this.#log(request, refusal.status);
    return refusal;
  }

  #openingRequestOf(
    { method, url, rawHeaders, socket }: IncomingMessage,
  ): OpeningRequest {
    const { remoteAddress: peer = "", remotePort: peerPort = 0 } = socket;
    const scheme = this.#certificates ? "https" : "http";
    const way: Way = { scheme, peer, peerPort, proxies: this.#proxies };
    return { method: method!, url: url!, rawHeaders, way };
  }

  #log(
    request: IncomingMessage,
    status: number,
    told: Partial<Asker> & { component?: string } = {},
  ): void {
    const { log, metrics } = this.#options;
    metrics?.answered(told.component, status);
    if (!log.allows("info")) return;
    const { method = "", url: path = "", socket } = request;
    log.access({
      ...{ type: "ws", method, path, status },
      ...(socket.remoteAddress && { client: socket.remoteAddress }),
      ...told,
    });
  }

  #knocked(knock: Knock): void {
    const { authentication } = this.#options.listener;
    if (authentication === undefined) this.#letIn(knock);
    else this.#authenticate(knock, authentication);
  }

  // The upgrade waits; the time for a handshake bounds it, too.
  async #authenticate(knock: Knock, rules: AuthenticationRules): Promise<void> {
    const { listener, authenticator = NO_HOOKS } = this.#options;
    const request = this.#openingRequestOf(knock.request);
    const heard = hear(request, listener);
    if (heard.type === "refused") return this.#refuse(knock, heard.refusal);
    const { origin } = heard;
    const asked = authenticationRequestOf(request, origin);
    const verdict = await authenticator.authenticate(rules, asked);
    if (knock.socket.destroyed) return;
    // Who answers now may ask another hook.
    const isSame = this.#options.listener.authentication?.hook === rules.hook;
    if (verdict.type === "denied") {
      const headers = { "www-authenticate": rules.challenge };
      return this.#refuse(knock, { status: 401, headers }, askerOf(origin));
    }
    if (verdict.type === "busy" || !isSame) {
      return this.#refuse(knock, UNAVAILABLE, askerOf(origin));
    }
    this.#letIn(knock, heard, metadataOf(verdict.claims));
  }

  #letIn(knock: Knock, heard?: Hearing, metadata?: Metadata): void {
    const { listener } = this.#options;
    const request = this.#openingRequestOf(knock.request);
    const opening = openingOf(request, listener, heard);
    if (opening.type === "refused") return this.#refuse(knock, opening.refusal);
    const conversation = this.#begin(opening, metadata);
    if (typeof conversation === "string") {
      this.#options.metrics?.refused(conversation);
      return this.#refuse(knock, UNAVAILABLE, opening.asker);
    }
    this.#upgrade(knock, conversation, opening);
  }

  #refuse(
    { request, socket }: Knock,
    refusal: Refusal,
    asker: Partial<Asker> = {},
  ): void {
    this.#log(request, refusal.status, asker);
    const { requestId: id } = asker;
    const headers = { ...refusal.headers, ...id && { "x-request-id": id } };
    refuse(socket, { ...refusal, headers });
  }

  // Why not, when there is no room.
  #begin(
    opening: Open,
    metadata: Metadata | undefined,
  ): Conversation | NoRoom {
    const client = clientOf(opening.asker.client);
    const refusal = this.#refusalOfClient(client);
    if (refusal !== undefined) return refusal;
    try {
      const conversation = this.#converse(opening, metadata);
      this.#conversations.set(conversation, { client });
      this.#options.metrics?.connected();
      return conversation;
    } catch (error) {
      this.#tally.remove(client);
      // A full node is an answer here, not a failure.
      if (error instanceof SystemLimit) return "processes";
      throw error;
    }
  }

  // Counts the client in when there is none.
  #refusalOfClient(client: string): NoRoom | undefined {
    const { admission: { connectionsMax } } = this.#options.listener;
    if (this.#isStopping) return "stopping";
    if (this.#conversations.size >= connectionsMax) return "connections";
    return this.#tally.add(client) ? undefined : "connections_per_client";
  }

  // Deno makes a span of a request, and none of one that becomes a WebSocket.
  #converse(
    { component, info }: Open,
    metadata: Metadata | undefined,
  ): Conversation {
    const handler = this.#options.handlers.get(component)!;
    const span = beginSpan(info.method, {
      parent: info.headers.find(([name]) => name === "traceparent")?.[1],
      kind: "server",
      attributes: { "url.path": info.path, "rusm.component": component },
    });
    const { component: callee } = handler;
    const start = span === undefined
      ? handler.start
      : { ...handler.start, trace: span.traceParent };
    try {
      return new Conversation(
        this.#parts,
        { component: callee, start, info, metadata },
      );
    } finally {
      span?.end();
    }
  }

  #ended(conversation: Conversation): void {
    const ended = this.#conversations.get(conversation);
    if (ended === undefined) return;
    this.#tally.remove(ended.client);
    this.#options.metrics?.disconnected();
    this.#conversations.delete(conversation);
  }

  #upgrade(
    { request, socket, head }: Knock,
    conversation: Conversation,
    { component, asker }: Open,
  ): void {
    // The client may be gone before it is let in.
    const lost = () => conversation.lose();
    socket.once("close", lost);
    noteRequestId(request, asker.requestId);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      socket.off("close", lost);
      this.#door.admit(socket);
      this.#log(request, 101, { component, ...asker });
      const known = this.#conversations.get(conversation);
      if (known !== undefined) {
        known.liveness = this.#livenessOf(conversation, client, socket);
      }
      client.on("ping", (data) => answerPing(client, data));
      conversation.open(client);
      if (this.#isStopping) conversation.shut(CLOSE.goingAway);
    });
  }

  #livenessOf(
    conversation: Conversation,
    client: WebSocket,
    socket: Knock["socket"],
  ): Liveness {
    const watched = new Watched(conversation, client, socket);
    return new Liveness(this.#options.listener, watched, performance.now());
  }

  get url(): string {
    const { address, family, port } = this.#door.address;
    const scheme = this.#certificates === undefined ? "ws" : "wss";
    return `${scheme}://${
      family === "IPv6" ? `[${address}]` : address
    }:${port}`;
  }

  update(
    { handlers, listener: { target, authentication } }: Parameters<
      WsServer["update"]
    >[0],
  ): Promise<void> {
    const { authentication: _, ...rest } = this.#options.listener;
    const asked = authentication && { authentication };
    const listener = { ...rest, target, ...asked };
    this.#options = { ...this.#options, handlers, listener };
    // Each has its process already.
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    this.#certificates?.stop();
    const closed = this.#door.close();
    for (const conversation of this.#conversations.keys()) {
      conversation.shut(CLOSE.goingAway);
    }
    await closed;
    await this.#parts.handlers.close();
    clearInterval(this.#pulse);
    this.#sockets.close();
  }

  cut(): void {
    for (const conversation of this.#conversations.keys()) conversation.cut();
  }
}

/** The client of a conversation. */
interface Client {
  /** Who it is for a tally. */
  readonly client: string;
  /** Undefined until it is there. */
  liveness?: Liveness;
}

type Open = Extract<Opening, { type: "open" }>;

function certificatesFor(
  { runtime: { host }, listener, directory, log }: WsOptions,
): LiveCertificates | undefined {
  const { tls } = listener;
  if (tls === undefined) return undefined;
  return new LiveCertificates(
    certificatesOf({ host, listener, directory, log }, tls),
  );
}

function doorTlsOf(certificates: LiveCertificates): DoorTls {
  return {
    // deno-lint-ignore rusm/no-literal-accessor -- one for each listener
    get own() {
      return certificates.current.own;
    },
    choose: (name) => chooseCertificate(certificates.current, name),
  };
}

const UNAVAILABLE: Refusal = {
  status: 503,
  headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
};

// Behind authentication nobody learns without it what routes there are.
function refusalOfPlain(
  request: OpeningRequest,
  listener: WsListener,
): Refusal {
  if (listener.authentication !== undefined) {
    const heard = hear(request, listener);
    return heard.type === "refused"
      ? heard.refusal
      : { status: 426, headers: UPGRADE };
  }
  const opening = openingOf(request, listener);
  // It has all that it needs but what upgrades a connection, as in HTTP/1.0.
  return opening.type === "refused"
    ? opening.refusal
    : { status: 400, headers: {} };
}

function pulseMsOf(
  { pingIntervalMs, pongTimeoutMs, handshakeTimeoutMs }: WsListener,
): number {
  const shortestMs = Math.min(
    pingIntervalMs,
    pongTimeoutMs,
    handshakeTimeoutMs,
  );
  return Math.min(PULSE_MS_MAX, Math.ceil(shortestMs / 4));
}

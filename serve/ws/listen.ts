/**
 * WebSocket listeners: a fresh process for each connection.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Runtime } from "@rusm/otp";
import { type ConnectionInfo, type Engine, SystemLimit } from "@rusm/wasm";
import { Handlers, type HandlerStart } from "../connection/handlers.ts";
import {
  CLOSE_TIMEOUT_MS,
  COMPRESSED_BYTES_MIN,
  PULSE_MS_MAX,
  RETRY_AFTER_SECONDS,
} from "../limits.ts";
import type { Log } from "../log.ts";
import type { WsListener } from "../manifest.ts";
import { CLOSE } from "./close_code.ts";
import { Conversation, type ConversationParts } from "./conversation.ts";
import { deflateByMessage } from "./deflate.ts";
import { Door, type DoorTls, type Knock, refuse } from "./door.ts";
import { openingOf, type OpeningRequest, type Refusal } from "./handshake.ts";
import {
  createWebSocketServer,
  OPEN,
  type WebSocket,
  type WebSocketServer,
} from "./library.ts";
import { answerPing, Liveness } from "./liveness.ts";

deflateByMessage();

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
}

/** Who is asked. */
export interface Routed {
  /** The same but for its target. */
  readonly listener: Pick<WsListener, "target">;
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
  /** Takes a line for each request. */
  readonly log: Log;
  /** Speaks TLS; nothing is encrypted when absent. */
  readonly tls?: DoorTls;
}

/**
 * Starts to listen.
 *
 * @throws {Error} The address cannot be listened on; its `code` says why.
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
  // Undefined until its client is there.
  readonly #conversations = new Map<Conversation, Liveness | undefined>();
  #pulse: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: WsOptions) {
    const { runtime, engine, listener, log, tls } = options;
    this.#options = options;
    this.#sockets = createSockets(listener);
    this.#parts = {
      ...{ runtime, handlers: new Handlers(runtime, engine) },
      backlog: {
        countMax: listener.queuedMessagesMax,
        bytesMax: listener.queuedBytesMax,
      },
      ended: (conversation) => void this.#conversations.delete(conversation),
    };
    const { hostname, port, handshakeTimeoutMs } = listener;
    const at = { hostname, port, handshakeTimeoutMs };
    this.#door = new Door(tls === undefined ? at : { ...at, tls }, {
      knocked: (knock) => this.#knocked(knock),
      refusalOf: (request) => this.#refusalOf(request),
      failed: (error) => log.error(`Cannot accept a connection: ${error}`),
      regained: () => log.warn(`Listens again: ${this.url}`),
    });
  }

  async start(): Promise<void> {
    await this.#parts.handlers.ready();
    try {
      await this.#door.open();
    } catch (error) {
      // Not swallowed: nothing of the listener may be left.
      await this.#parts.handlers.close();
      throw error;
    }
    const { listener } = this.#options;
    this.#pulse = setInterval(() => this.#look(), pulseMsOf(listener));
  }

  #look(): void {
    const nowMs = performance.now();
    this.#door.look();
    for (const liveness of this.#conversations.values()) liveness?.look(nowMs);
  }

  #refusalOf(request: IncomingMessage): Refusal {
    const opening = openingOf(
      openingRequestOf(request),
      this.#options.listener,
    );
    // It has all that it needs but what upgrades a connection, as in HTTP/1.0.
    const refusal = opening.type === "refused"
      ? opening.refusal
      : { status: 400, headers: {} } as const;
    this.#log(request, refusal.status);
    return refusal;
  }

  #log(request: IncomingMessage, status: number, component?: string): void {
    const { log } = this.#options;
    if (!log.allows("info")) return;
    const { method = "", url: path = "", socket } = request;
    log.access({
      ...{ type: "ws", method, path, status },
      ...(component === undefined ? {} : { component }),
      ...(socket.remoteAddress && { client: socket.remoteAddress }),
    });
  }

  #knocked(knock: Knock): void {
    const { listener } = this.#options;
    const opening = openingOf(openingRequestOf(knock.request), listener);
    if (opening.type === "refused") return this.#refuse(knock, opening.refusal);
    const isFull = this.#conversations.size >= listener.connectionsMax;
    const conversation = isFull || this.#isStopping
      ? undefined
      : this.#begin(opening.component, opening.info);
    if (conversation === undefined) return this.#refuse(knock, UNAVAILABLE);
    this.#conversations.set(conversation, undefined);
    this.#upgrade(knock, conversation, opening.component);
  }

  #refuse({ request, socket }: Knock, refusal: Refusal): void {
    this.#log(request, refusal.status);
    refuse(socket, refusal);
  }

  // Undefined when there is no room.
  #begin(name: string, info: ConnectionInfo): Conversation | undefined {
    const handler = this.#options.handlers.get(name)!;
    try {
      return new Conversation(this.#parts, { ...handler, info });
    } catch (error) {
      // A full node is an answer here, not a failure.
      if (error instanceof SystemLimit) return undefined;
      throw error;
    }
  }

  #upgrade(
    { request, socket, head }: Knock,
    conversation: Conversation,
    component: string,
  ): void {
    // The client may be gone before it is let in.
    const lost = () => conversation.lose();
    socket.once("close", lost);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      socket.off("close", lost);
      this.#door.admit(socket);
      this.#log(request, 101, component);
      this.#conversations.set(
        conversation,
        this.#livenessOf(
          conversation,
          client,
          socket,
        ),
      );
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
    const watched = {
      get bytesRead() {
        return socket.bytesRead;
      },
      get bufferedAmount() {
        return client.bufferedAmount;
      },
      get isPaused() {
        return conversation.isPaused;
      },
      ping: () => {
        if (client.readyState === OPEN) client.ping();
      },
      cut: () => client.terminate(),
    };
    return new Liveness(this.#options.listener, watched, performance.now());
  }

  get url(): string {
    const { address, family, port } = this.#door.address;
    const scheme = this.#options.tls === undefined ? "ws" : "wss";
    return `${scheme}://${
      family === "IPv6" ? `[${address}]` : address
    }:${port}`;
  }

  update(
    { handlers, listener: { target } }: Parameters<WsServer["update"]>[0],
  ): Promise<void> {
    const listener = { ...this.#options.listener, target };
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
    const closed = this.#door.close();
    for (const conversation of this.#conversations.keys()) {
      conversation.shut(CLOSE.goingAway);
    }
    await closed;
    await this.#parts.handlers.close();
    clearInterval(this.#pulse);
    this.#sockets.close();
  }
}

const UNAVAILABLE: Refusal = {
  status: 503,
  headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
};

function createSockets(
  { messageBytesMax, compression, subprotocols }: WsListener,
): WebSocketServer {
  return createWebSocketServer({
    ...{ noServer: true, clientTracking: false, autoPong: false },
    ...{ maxPayload: messageBytesMax, closeTimeout: CLOSE_TIMEOUT_MS },
    // Without a context that is kept, a connection costs no more than another.
    perMessageDeflate: compression && {
      ...{ serverNoContextTakeover: true, clientNoContextTakeover: true },
      threshold: COMPRESSED_BYTES_MIN,
    },
    // The first that the client offers and that is supported.
    handleProtocols: (offered) =>
      [...offered].find((name) => subprotocols.includes(name)) ?? false,
  });
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

function openingRequestOf(
  { method, url, rawHeaders, socket }: IncomingMessage,
): OpeningRequest {
  const { remoteAddress, remotePort, remoteFamily } = socket;
  const host = remoteFamily === "IPv6" ? `[${remoteAddress}]` : remoteAddress;
  const remoteAddr = remoteAddress === undefined ? "" : `${host}:${remotePort}`;
  return { method: method!, url: url!, rawHeaders, remoteAddr };
}

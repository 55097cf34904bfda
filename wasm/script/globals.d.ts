/**
 * The globals of components that were written for RUSM, which import nothing:
 * `/// <reference types="@rusm/wasm/guest/globals" />`.
 *
 * @module
 */

/** This process, and what it does with others. */
declare const Process: typeof import("./guest.ts").Process;

/** Starts a service, which is this process's own. */
declare const spawn: typeof import("./guest.ts").spawn;

/** A service that runs already. */
declare const connect: typeof import("./guest.ts").connect;

/** Calls one function of a service, without a proxy. */
declare const callTimeout: typeof import("./guest.ts").callTimeout;

/** Starts a supervisor, and blocks this process for ever. */
declare const supervise: typeof import("./guest.ts").supervise;

/** What a broker needs. */
declare const pubsub: typeof import("./guest.ts").pubsub;

/** The store of the node. */
declare const kv: typeof import("./guest.ts").kv;

/** Makes a default export that is served to WebSockets. */
declare const websocket: typeof import("./guest.ts").websocket;

/** Makes a default export that is served as event streams. */
declare const sse: typeof import("./guest.ts").sse;

/** Makes a default export that says who may make requests. */
declare const authentication: typeof import("./guest.ts").authentication;

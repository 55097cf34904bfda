/**
 * The module of the SDK: `@rusm/wasm/guest`.
 *
 * @module
 */

import { authentication } from "./authentication.ts";
import { kv } from "./kv.ts";
import { Process } from "./process.ts";
import { callTimeout, connect, spawn } from "./remote.ts";
import { sse } from "./sse.ts";
import { supervise } from "./supervise.ts";
import { pubsub } from "./topics.ts";
import { websocket } from "./websocket.ts";

/** All that a component can import of the SDK. RUSM's own components know the same as globals. */
export const SDK = Object.freeze({
  ...{ Process, kv, pubsub },
  ...{ spawn, connect, callTimeout, supervise },
  ...{ websocket, sse, authentication },
});

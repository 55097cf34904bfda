/**
 * What does the server cost next to what is below it?
 *
 * @module
 */

import type { Noun } from "./noun.ts";
import { CONN_ROWS } from "./serve/conn.ts";
import { HTTP_ROWS } from "./serve/http.ts";
import { SSE_ROWS } from "./serve/sse.ts";
import { WS_ROWS } from "./serve/ws.ts";

/** Rows of requests, connections, WebSockets and event streams. */
export const serve: Noun = {
  name: "serve",
  question:
    "What does a sandboxed process per request or connection cost a server?",
  rows: [...HTTP_ROWS, ...CONN_ROWS, ...WS_ROWS, ...SSE_ROWS],
};

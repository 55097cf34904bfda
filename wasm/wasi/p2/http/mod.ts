/**
 * HTTP of WASI 0.2: outgoing requests, and what incoming ones are made of.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { OUTGOING_HANDLER } from "./outgoing_handler.ts";
import { HTTP_TYPES } from "./types.ts";

/** The interfaces that are imported. `wasi:http/incoming-handler` is what a component exports. */
export const WASI_HTTP: readonly HostInterface[] = [
  HTTP_TYPES,
  OUTGOING_HANDLER,
];

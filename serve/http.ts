/**
 * HTTP listeners: from a connection to the component that answers, and back.
 *
 * @module
 */

import { crashOf } from "@rusm/otp";
import type { Component } from "@rusm/wasm";
import { answer } from "./answer.ts";
import { exchange, type Handler, type Node } from "./exchange.ts";
import { RETRY_AFTER_SECONDS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Listener } from "./manifest.ts";
import { matchRoute } from "./routes.ts";

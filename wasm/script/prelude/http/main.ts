/**
 * The library of requests and responses.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { core, install } from "../linked.ts";
import { clientSignal } from "./client.ts";
import { Headers } from "./headers.ts";
import { makeRequest, Request, sendRequest } from "./request.ts";
import { makeResponse, replyOf, Response } from "./response.ts";

/** What the prelude and other libraries use of it. */
export interface HttpLibrary extends Library {
  /** See `client.ts`. */
  clientSignal: typeof clientSignal;
  /** See `request.ts`. */
  makeRequest: typeof makeRequest;
  /** See `response.ts`. */
  makeResponse: typeof makeResponse;
  /** See `response.ts`. */
  replyOf: typeof replyOf;
  /** The class, whatever a guest makes of the global. */
  Request: typeof Request;
  /** See `request.ts`. */
  sendRequest: typeof sendRequest;
}

core.definePlatformClass("Headers", Headers);
core.definePlatformClass("Request", Request);
core.definePlatformClass("Response", Response);

const library: HttpLibrary = {
  globals: { Headers, Request, Response },
  ...{ clientSignal, makeRequest, makeResponse, replyOf, Request, sendRequest },
};
install(library);

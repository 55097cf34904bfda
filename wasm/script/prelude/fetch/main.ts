/**
 * The library of `fetch`, and of all bodies that come in pieces.
 *
 * @module
 */

import type { Library } from "../libraries.ts";
import { install } from "../linked.ts";
import {
  beginReply,
  isBroken,
  requestChunks,
  streamReply,
} from "./answering.ts";
import { fetch } from "./fetch.ts";
import { Pipe } from "./pipe.ts";

/** What other libraries use of it. */
export interface FetchLibrary extends Library {
  /** See `pipe.ts`. */
  Pipe: typeof Pipe;
  /** See `answering.ts`. */
  beginReply: typeof beginReply;
  /** See `answering.ts`. */
  isBroken: typeof isBroken;
  /** See `answering.ts`. */
  requestChunks: typeof requestChunks;
  /** See `answering.ts`. */
  streamReply: typeof streamReply;
}

const library: FetchLibrary = {
  globals: { fetch },
  ...{ beginReply, isBroken, Pipe, requestChunks, streamReply },
};
install(library);

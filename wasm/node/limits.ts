/**
 * Bounds of what guests ask their node for, with their units.
 *
 * @module
 */

import { MEBIBYTE } from "../limits.ts";

/** How long a guest waits for an answer of its node, in milliseconds: a component may have to be compiled first. */
export const ASK_MS_MAX = 60_000;

/** What guests of one scheduler may have asked without an answer; those that were killed meanwhile are counted too. */
export const ASKS_MAX = 10_000;

/** Children of one supervisor of a guest. */
export const CHILDREN_MAX = 1_000;

/** Writes of one batch of a guest: of the store, too. */
export const BATCH_WRITES_MAX = 1_000;

/** Groups that one guest can be in. */
export const TAGS_MAX = 64;

/** Memberships of groups on a node, from which on guests join none: every scheduler holds them all. */
export const NODE_TAGS_MAX = 250_000;

/** Bytes of streams that are on their way from one scheduler to another. */
export const STREAM_WINDOW_BYTES: number = MEBIBYTE;

/** Chunks of one stream that its reader, on another scheduler, has not taken; as many as in one thread. */
export const AWAY_CHUNKS_MAX = 16;

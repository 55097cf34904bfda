/**
 * Bodies that are written to the host piece by piece.
 *
 * @module
 */

import type { Chunks, Source } from "../http/body.ts";
import { core } from "../linked.ts";
import type { Pipe } from "./pipe.ts";

const { library } = core;

/** A body that comes in pieces. */
export type Streamed = Exclude<Source, { type: "content" }>;

/** Where the pieces come from. */
export interface PieceSource extends Pick<Chunks, "read"> {
  /** Says that no more is wanted, and why. Resolves when the source has done what it does then. */
  cancel(reason: unknown): Promise<void>;
}

/** The pieces of a body. */
export function sourceOf(body: Streamed): PieceSource {
  if (body.type === "stream") return library("streams").sourceOf(body.stream);
  const { chunks } = body;
  return {
    read: () => chunks.read(),
    // deno-lint-ignore require-await -- a promise, as that of a stream
    cancel: async () => chunks.close(),
  };
}

/** Writes all of `source`, no faster than the host takes it, and ends the pipe. */
export async function sendAll(source: PieceSource, pipe: Pipe): Promise<void> {
  for (;;) {
    const chunk = await source.read();
    if (chunk === null) break;
    await pipe.write(chunk);
  }
  pipe.end();
}

/**
 * Streams of bytes between guests of preview 3 and the host.
 *
 * @module
 */

import { errnoNameOf } from "../errors.ts";
import type { WasiWriter } from "../options.ts";
import type { Wasip2State } from "../p2/state.ts";
import { STREAM_PIECE_BYTES } from "./limits.ts";

/** A stream of bytes that a guest writes, as glue has it. */
export interface GlueStream {
  /** The next bytes, at most `count`; what is `done` has no more. */
  read(options: { readonly count: number }): Promise<{
    readonly value?: Uint8Array;
    readonly done: boolean;
  }>;
  /** Takes no more. */
  return?(): unknown;
}

/** What a future says of a stream that has ended: `result<_, error-code>`. */
export type StreamEnd =
  | { readonly tag: "ok" }
  | { readonly tag: "err"; readonly val: "io" | "pipe" };

/** Writes all of `stream` to `writer`, no faster than it comes. */
export async function drain(
  stream: GlueStream,
  writer: WasiWriter,
): Promise<StreamEnd> {
  try {
    for (let isDone = false; !isDone;) {
      const piece = await stream.read({ count: STREAM_PIECE_BYTES });
      if (piece.value !== undefined) writer.write(piece.value);
      isDone = piece.done;
    }
    return { tag: "ok" };
  } catch (error) {
    // A failure of the system is for the guest; of anything else, it is not.
    const end = endOf(error);
    stream.return?.();
    return end;
  }
}

function endOf(error: unknown): StreamEnd {
  return { tag: "err", val: errnoNameOf(error) === "EPIPE" ? "pipe" : "io" };
}

/** All of the standard input, read as it is asked for, and how it ended. */
export function pour(
  state: Pick<Wasip2State, "input" | "waits">,
): [AsyncIterable<Uint8Array>, Promise<StreamEnd>] {
  const ended = Promise.withResolvers<StreamEnd>();
  return [pieces(state, ended.resolve), ended.promise];
}

async function* pieces(
  { input, waits }: Pick<Wasip2State, "input" | "waits">,
  tell: (end: StreamEnd) => void,
): AsyncGenerator<Uint8Array> {
  let end: StreamEnd = { tag: "ok" };
  try {
    for (;;) {
      await waits.until([input]);
      const piece = input.take(STREAM_PIECE_BYTES);
      if (piece === undefined) return;
      yield piece;
    }
  } catch (error) {
    // A failure of the system is for the guest.
    end = endOf(error);
  } finally {
    tell(end);
  }
}

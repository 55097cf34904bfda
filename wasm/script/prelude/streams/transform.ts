/**
 * What streams that transform have in common: the two ends of a
 * `TransformStream`, and nothing else of it.
 *
 * @module
 */

import { TransformStream } from "web-streams-polyfill";

/** The two ends. */
export interface Ends {
  /** What comes out. */
  readable: ReadableStream;
  /** What goes in. */
  writable: WritableStream;
}

/** What a transformer does with what it is given. */
export type Transformer = ConstructorParameters<typeof TransformStream>[0];

/** The two ends of a new stream that transforms. */
export function makeEnds(transformer: Transformer): Ends {
  const { readable, writable } = new TransformStream(transformer);
  return { readable, writable } as Ends;
}

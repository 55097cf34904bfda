/**
 * A request as it is put to a guest.
 *
 * @module
 */

/** As much of a `Request` as a guest is asked with. A `Request` is one. */
export interface Incoming {
  /** As the client wrote it. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Iterable<[name: string, value: string]>;
  /** Comes as it is read; null without one. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The length that the request's head gives for its body, in bytes; undefined without one. */
export function announcedBytes({ headers }: Incoming): number | undefined {
  for (const [name, value] of headers) {
    if (name === "content-length") return Number(value);
  }
  return undefined;
}

/**
 * Streams in the hands of a test.
 *
 * @module
 */

import { InputStream, openPipe, OutputStream } from "../mod.ts";
import { FakeGuest } from "./guest.ts";

/** What a stream that has ended answers. */
export const CLOSED = { tag: "closed" };

/** So many bytes. */
export function bytesOf(length: number, fill = 1): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

/** Both ends of a pipe, as one guest has them. */
export function pipe(bytesMax = 8): {
  readonly input: InputStream;
  readonly output: OutputStream;
} {
  const { source, sink } = openPipe(bytesMax);
  return { input: new InputStream(source), output: new OutputStream(sink) };
}

/** Calls a method of `input-stream`. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function input(guest: FakeGuest, name: string, ...values: unknown[]): any {
  return guest.call(`io/streams [method]input-stream.${name}`, ...values);
}

/** Calls a method of `output-stream`. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function output(guest: FakeGuest, name: string, ...values: unknown[]): any {
  return guest.call(`io/streams [method]output-stream.${name}`, ...values);
}

/** Runs `work` with a process. */
export async function withGuest(
  work: (guest: FakeGuest) => unknown,
  options = {},
): Promise<void> {
  const guest = new FakeGuest(options);
  try {
    await work(guest);
  } finally {
    guest.close();
  }
}

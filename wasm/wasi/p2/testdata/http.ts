/**
 * HTTP in the hands of a test.
 *
 * @module
 */

import type { ClientResponse } from "../http/client.ts";
import type { IncomingResponse } from "../http/messages.ts";
import type { FakeGuest } from "./guest.ts";

/** Calls a function of `wasi:http/types`. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function http(guest: FakeGuest, name: string, ...values: unknown[]): any {
  return guest.call(`http/types ${name}`, ...values);
}

/** A value of a field. */
export function value(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Fields of text. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function fields(guest: FakeGuest, list: Record<string, string> = {}): any {
  const entries = Object.entries(list).map(([name, each]) => [
    name,
    value(each),
  ]);
  return http(guest, "[static]fields.from-list", entries);
}

/** Entries as text. */
export function entriesOf(guest: FakeGuest, from: unknown): string[] {
  const list = http(guest, "[method]fields.entries", from) as [
    string,
    Uint8Array,
  ][];
  return list.map(([name, each]) => `${name}: ${new TextDecoder().decode(each)}`);
}

/** A request to a port of this machine. */
export function requestTo(
  guest: FakeGuest,
  port: number,
  { headers = {}, method = "get", path = "/", scheme = "HTTP", host = "127.0.0.1" }:
    {
      headers?: Record<string, string>;
      method?: string;
      path?: string;
      scheme?: string;
      host?: string;
    } = {},
  // deno-lint-ignore no-explicit-any -- as FakeGuest.call
): any {
  const request = http(
    guest,
    "[constructor]outgoing-request",
    fields(guest, headers),
  );
  const set = (name: string, each: unknown) =>
    http(guest, `[method]outgoing-request.set-${name}`, request, each);
  set("method", { tag: method });
  set("scheme", { tag: scheme });
  set("authority", `${host}:${port}`);
  set("path-with-query", path);
  return request;
}

/** Sends it. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export function send(guest: FakeGuest, request: unknown, options?: unknown): any {
  return guest.call("http/outgoing-handler handle", request, options);
}

/** Waits for a pollable of `resource`, such as `future-trailers`, and drops it. */
export async function ready(
  guest: FakeGuest,
  name: string,
  resource: unknown,
): Promise<void> {
  const pollable = name.endsWith("stream")
    ? guest.call(`io/streams [method]${name}.subscribe`, resource)
    : http(guest, `[method]${name}.subscribe`, resource);
  await guest.call("io/poll [method]pollable.block", pollable);
  guest.drop("io/poll pollable", pollable);
}

/** What a future answers, when it has an answer. */
// deno-lint-ignore no-explicit-any -- as FakeGuest.call
export async function answer(guest: FakeGuest, name: string, future: unknown): Promise<any> {
  await ready(guest, name, future);
  return http(guest, `[method]${name}.get`, future);
}

/** The response that a future answers with. */
export async function responseOf(
  guest: FakeGuest,
  future: unknown,
): Promise<IncomingResponse> {
  const { val } = await answer(guest, "future-incoming-response", future);
  if (val.tag === "ok") return val.val;
  throw new Error(`Cannot find a response: ${JSON.stringify(val.val)}`);
}

/** The error that a future answers with. */
export async function failureOf(
  guest: FakeGuest,
  future: unknown,
): Promise<unknown> {
  const { val } = await answer(guest, "future-incoming-response", future);
  return val.tag === "err" ? val.val : `status ${val.val.status}`;
}

/** Reads the body of a message to its end, as text, and its trailers. */
export async function readAll(
  guest: FakeGuest,
  name: string,
  message: ClientResponse | unknown,
): // deno-lint-ignore no-explicit-any -- as FakeGuest.call
Promise<{ text: string; trailers: any }> {
  const body = http(guest, `[method]${name}.consume`, message);
  const stream = http(guest, "[method]incoming-body.stream", body);
  let text = "";
  for (;;) {
    let piece: Uint8Array;
    try {
      piece = await guest.call(
        "io/streams [method]input-stream.blocking-read",
        stream,
        65_536n,
      );
    } catch (error) {
      // The end, which is an error here too; others are the test's.
      if ((error as { payload: { tag: string } }).payload.tag === "closed") break;
      throw error;
    }
    text += new TextDecoder().decode(piece);
  }
  guest.drop("io/streams input-stream", stream);
  const future = http(guest, "[static]incoming-body.finish", body);
  const trailers = await answer(guest, "future-trailers", future);
  guest.drop("http/types future-trailers", future);
  return { text, trailers };
}

/** Writes `text` to the body of a message that is sent. */
export async function writeAll(
  guest: FakeGuest,
  body: unknown,
  text: string,
): Promise<void> {
  const stream = http(guest, "[method]outgoing-body.write", body);
  const bytes = value(text);
  for (let at = 0; at < bytes.length; at += 4_096) {
    await guest.call(
      "io/streams [method]output-stream.blocking-write-and-flush",
      stream,
      bytes.subarray(at, at + 4_096),
    );
  }
  guest.drop("io/streams output-stream", stream);
}

/** A server that answers whatever comes with the same bytes, once. */
export function rawServer(
  reply: string | Uint8Array,
  { isKept = false }: { isKept?: boolean } = {},
): { port: number; request: Promise<string>; close: () => void } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const request = Promise.withResolvers<string>();
  const bytes = typeof reply === "string"
    ? Uint8Array.from(reply, (each) => each.charCodeAt(0))
    : reply;
  let kept: Deno.Conn | undefined;
  (async () => {
    try {
      const connection = kept = await listener.accept();
      const buffer = new Uint8Array(65_536);
      const count = await connection.read(buffer);
      request.resolve(
        new TextDecoder().decode(buffer.subarray(0, count ?? 0)),
      );
      for (let at = 0; at < bytes.length;) {
        at += await connection.write(bytes.subarray(at));
      }
      if (!isKept) connection.close();
    } catch {
      // Whoever was served has gone, or the test is over.
      request.resolve("");
    }
  })();
  return {
    port: listener.addr.port,
    request: request.promise,
    close() {
      listener.close();
      try {
        kept?.close();
      } catch {
        // It is closed already.
      }
    },
  };
}

/**
 * What any client of WebSockets sees.
 *
 * @module
 */

import { strictEqual } from "node:assert";
import type { Site } from "./site.ts";

/** As much of the class of a client as all of them have. */
export type WebSocketClass = new (url: string, protocols: string[]) => Client;

interface Client {
  binaryType: string;
  readonly protocol: string;
  addEventListener(type: string, listener: (event: Happening) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** As much of their events. */
interface Happening {
  readonly data: string | ArrayBuffer;
  readonly code: number;
  readonly reason: string;
}

/** What is sent, and what comes back: text, the length of bytes, or how it was closed. */
type Row = readonly [
  what: string,
  sent: string | Uint8Array<ArrayBuffer> | ((client: Client) => void),
  came: string,
];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["text",                  "héllo",                           "text héllo"],
  ["no text",               "",                                "text "],
  ["long text",             "ä".repeat(40_000),                `text ${"ä".repeat(40_000)}`],
  ["bytes",                 new Uint8Array(99_999),            "99999 bytes"],
  ["no bytes",              new Uint8Array(0),                 "0 bytes"],
  ["a message too large",   new Uint8Array(100_001),           "closed 1009"],
  ["what makes it fail",    "/boom",                           "closed 1011"],
  ["what ends it",          "/exit",                           "closed 1000"],
  ["a wish to be closed",   "/close 4001 so be it",            "closed 4001 so be it"],
  ["a close with a code",   (client) => client.close(4002, "ö"), "closed 4002 ö"],
  ["a close without a code", (client) => client.close(),       "closed 1005"],
];

/** Runs all of it as steps of `t`. */
export async function askForWebSockets(
  t: Deno.TestContext,
  WebSocket: WebSocketClass,
  { ws }: Site,
): Promise<void> {
  for (const [what, sent, came] of ROWS) {
    await t.step(`sends ${what}`, async () => {
      await using talk = await Talk.begin(new WebSocket(ws, []));
      if (typeof sent === "function") sent(talk.client);
      else talk.client.send(sent);
      strictEqual(await talk.next(), came);
    });
  }
  await t.step("agrees on a subprotocol", async () => {
    const client = new WebSocket(ws, ["none", "chat.v1"]);
    await using talk = await Talk.begin(client);
    strictEqual(talk.client.protocol, "chat.v1");
  });
  await t.step("hears a hundred messages in order", async () => {
    await using talk = await Talk.begin(new WebSocket(ws, []));
    const sent = Array.from({ length: 100 }, (_, at) => `${at} `.repeat(300));
    for (const text of sent) talk.client.send(text);
    for (const text of sent) strictEqual(await talk.next(), `text ${text}`);
  });
}

/** A connection, and what came on it. */
class Talk {
  readonly client: Client;
  readonly #came: string[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #wake: (() => void) | undefined;

  private constructor(client: Client) {
    this.client = client;
    client.binaryType = "arraybuffer";
    client.addEventListener("message", ({ data }) => {
      const isText = typeof data === "string";
      this.#add(isText ? `text ${data}` : `${data.byteLength} bytes`);
    });
    // What is wrong shows in how it is closed.
    client.addEventListener("error", () => {});
    client.addEventListener("close", ({ code, reason }) => {
      this.#add(`closed ${code} ${reason}`.trim());
      this.#closed.resolve();
    });
  }

  /** Resolves when `client` is open, or closed. */
  static async begin(client: Client): Promise<Talk> {
    const talk = new Talk(client);
    const opened = new Promise<void>((resolve) =>
      client.addEventListener("open", () => resolve())
    );
    await Promise.race([opened, talk.#closed.promise]);
    return talk;
  }

  #add(what: string): void {
    this.#came.push(what);
    this.#wake?.();
  }

  async next(): Promise<string> {
    while (this.#came.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#came.shift()!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.#closed.promise;
  }
}

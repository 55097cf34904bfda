/**
 * Clients that mean no good. Each says what became of it.
 *
 * @module
 */

import { deflateRawSync } from "node:zlib";
import { frame, OPCODE, RawWebSocket } from "../serving/frames.ts";
import { Raw } from "./raw.ts";
import type { Remote } from "./remote.ts";

/** What an attack has to do with. */
export interface Battlefield extends Remote {
  /** Resolves when a neighbour has been answered again. */
  answered(): Promise<void>;
}

/** Attacks, and resolves with what the server did about it. */
export type Attack = (field: Battlefield) => Promise<string>;

/** How many clients do the same where each costs little. */
export const CROWD: number = Number(Deno.env.get("IDLE_CONNECTIONS") ?? 1_000);

/** How many do where each costs a process. */
const GANG = 20;

/** Bytes that are sent to a server that should have stopped it long before. */
const ENDLESS_BYTES = 1_000_000_000;

const PIECE = new Uint8Array(65_536).fill(97);

/** The first three digits that came, or `cut`. */
function statusIn(text: string): string {
  return /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? "cut";
}

/** What each of them says, once for all that say the same. */
async function crowd(count: number, attack: () => Promise<string>) {
  const said = await Promise.all(Array.from({ length: count }, attack));
  return [...new Set(said)].join(", ");
}

/** Sends `first` on as many connections as there is room for, and waits. */
export function lurk(...first: string[]): Attack {
  return ({ http }) =>
    crowd(CROWD, async () => {
      using raw = await Raw.to(http);
      for (const text of first) await raw.send(text);
      return statusIn(await raw.readAll());
    });
}

/** Asks once on each of them, one after the other, and waits. */
export function fallSilent({ http }: Battlefield): Promise<string> {
  return crowd(GANG, async () => {
    const opened: Raw[] = [];
    for (let count = 0; count < CROWD / GANG; count++) {
      const raw = await Raw.to(http);
      opened.push(raw);
      await raw.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
      const status = statusIn(await raw.readUntil(/\ntext$/));
      if (status !== "200") return status;
    }
    for (const raw of opened) {
      using _ = raw;
      await raw.readAll();
    }
    return "200";
  });
}

/** Sends `begin`, and then another byte whenever a neighbour is answered. */
export function trickle(begin: string): Attack {
  return (field) =>
    crowd(GANG, async () => {
      using raw = await Raw.to(field.http);
      await raw.send(begin);
      const came = raw.readAll();
      let isOver = false;
      came.finally(() => isOver = true);
      while (!isOver && await raw.send("a")) {
        await Promise.race([field.answered(), came]);
      }
      return statusIn(await came);
    });
}

/** Sends `request`, and reads what is answered. */
export function ask(request: string): Attack {
  return async ({ http }) => {
    using raw = await Raw.to(http);
    await raw.send(request);
    return statusIn(await raw.readAll());
  };
}

/** Sends `begin` and then `piece` for ever, or until it is stopped. */
export function pour(begin: string, piece: string | Uint8Array): Attack {
  return async ({ http }) => {
    using raw = await Raw.to(http);
    await raw.send(begin);
    const came = raw.readAll();
    for (let sent = 0; sent < ENDLESS_BYTES; sent += piece.length) {
      if (!await raw.send(piece)) return statusIn(await came);
    }
    return "taken";
  };
}

/** A chunk of a body. */
export const CHUNK: Uint8Array = Uint8Array.of(
  ...new TextEncoder().encode("10000\r\n"),
  ...PIECE,
  ...[13, 10],
);

/** Asks for more than it reads, and reads nothing. */
export function ignore(requests: string): Attack {
  return (field) =>
    starve(field, GANG, async () => {
      const raw = await Raw.to(field.http);
      await raw.send(requests);
      return raw;
    });
}

/** The same of events. */
export function ignoreEvents(field: Battlefield): Promise<string> {
  return starve(field, GANG, async () => {
    const raw = await Raw.to(field.sse);
    const query = "flood%20100000%2010000";
    await raw.send(`GET /?${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
    return raw;
  });
}

/** The same of messages. */
export function ignoreMessages(field: Battlefield): Promise<string> {
  return starve(field, GANG, async () => {
    const socket = await RawWebSocket.open(Number(new URL(field.ws).port));
    await socket.send(OPCODE.text, "/flood 100000 10000");
    return socket.connection;
  });
}

// Whoever does not read does not see either that the server has closed. It has
// when it has as many files as before.
async function starve(
  field: Battlefield,
  count: number,
  open: () => Promise<Disposable>,
): Promise<string> {
  const before = field.fileCount();
  const opened = await Promise.all(Array.from({ length: count }, open));
  const { started } = await field.info();
  while (field.fileCount() > before) await field.answered();
  for (const connection of opened) connection[Symbol.dispose]();
  return started > 0 ? "cut" : "not heard";
}

/** Reads the begin of a stream, and goes. */
export function leave({ http }: Battlefield): Promise<string> {
  return crowd(GANG, async () => {
    using raw = await Raw.to(http);
    await raw.send("GET /slow?5 HTTP/1.1\r\nHost: a\r\n\r\n");
    return statusIn(await raw.readUntil(/tick\n[^]*tick\n/));
  });
}

/** Asks, and goes before it is answered. */
export function abandon({ http }: Battlefield): Promise<string> {
  return crowd(CROWD, async () => {
    using raw = await Raw.to(http);
    await raw.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
    return "gone";
  });
}

/** A message of a few kilobytes that inflates to a hundred megabytes. */
export function inflate({ ws }: Battlefield): Promise<string> {
  return crowd(10, async () => {
    const extensions = "Sec-WebSocket-Extensions: permessage-deflate";
    const port = Number(new URL(ws).port);
    using socket = await RawWebSocket.open(port, "/", [extensions]);
    const options = { reserved: 4 };
    await socket.connection.write(frame(OPCODE.binary, bomb(), options));
    for (;;) {
      const came = await socket.next();
      if (came !== "ping") return came;
    }
  });
}

let deflated: Uint8Array | undefined;

function bomb(): Uint8Array {
  deflated ??= deflateRawSync(new Uint8Array(100_000_000));
  return deflated;
}

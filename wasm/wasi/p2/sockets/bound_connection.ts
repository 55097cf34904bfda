/**
 * Connections from an address that the guest chose.
 *
 * By `node:net`: `Deno.connect` chooses itself.
 *
 * @module
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { HostAddress } from "./address.ts";

/** What is done with a connection, Deno's or one of these. */
export type TcpConnection =
  & Pick<Deno.TcpConn, "read" | "write" | "closeWrite" | "close">
  & Pick<Deno.TcpConn, "setKeepAlive" | "localAddr" | "remoteAddr">;

/**
 * Connects from `local` to `way`.
 *
 * @param signal Ends it, until it is there.
 * @throws {Error} With the code that the system gave.
 */
export async function connectFrom(
  local: HostAddress,
  way: HostAddress,
  signal: AbortSignal,
): Promise<TcpConnection> {
  const socket = connect({
    ...{ host: way.hostname, port: way.port, allowHalfOpen: true },
    ...{ localAddress: local.hostname, localPort: local.port },
  });
  // Told to whoever uses it next; without a listener it would end the thread.
  socket.on("error", () => {});
  const leave = () => void socket.destroy();
  signal.addEventListener("abort", leave);
  try {
    await once(socket, "connect", { signal });
    return new BoundConnection(socket);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

class BoundConnection implements TcpConnection {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.#socket = socket;
    this.localAddr = addressOf(localAddress, localPort);
    this.remoteAddr = addressOf(remoteAddress, remotePort);
  }

  async read(bytes: Uint8Array): Promise<number | null> {
    const socket = this.#socket;
    while (socket.readableLength === 0 && !isOver(socket)) await more(socket);
    if (socket.errored !== null) throw socket.errored;
    if (socket.readableLength === 0) return null;
    const piece: Uint8Array = socket.read(
      Math.min(bytes.length, socket.readableLength),
    );
    bytes.set(piece);
    return piece.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        if (error) reject(error);
        else resolve(bytes.length);
      });
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  setKeepAlive(isOn = true): void {
    this.#socket.setKeepAlive(isOn);
  }
}

function addressOf(hostname = "", port = 0): Deno.NetAddr {
  return { transport: "tcp", hostname, port };
}

function isOver({ readableEnded, destroyed }: Socket): boolean {
  return readableEnded || destroyed;
}

// Until there is more to read, or never will be.
function more(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const events = ["readable", "end", "close"] as const;
    const done = () => {
      for (const event of events) socket.off(event, done);
      resolve();
    };
    for (const event of events) socket.on(event, done);
  });
}

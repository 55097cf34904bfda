/**
 * Connections to a target, with TLS or without.
 *
 * @module
 */

import type { Socket as NodeSocket } from "node:net";
import { connect as connectNodeTls } from "node:tls";
import type { Target, TlsOptions } from "../plan.ts";

/** Bytes to a server and from it; a `Deno.Conn` is one. */
export interface Socket {
  /** Reads some bytes into `target`; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`, and answers how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes it; reads and writes under way are rejected, or end. */
  close(): void;
}

/**
 * Connects to `target`, and shakes hands where it has TLS.
 *
 * @param signal Gives that up when aborted.
 * @throws What the system, or TLS, does not allow.
 */
export async function connect(
  { hostname, port, tls }: Target,
  signal: AbortSignal,
): Promise<Socket> {
  if (tls?.isInsecure) {
    return await connectInsecurely(hostname, port, tls, signal);
  }
  const socket = await Deno.connect({ hostname, port, signal });
  socket.setNoDelay();
  return tls === undefined ? socket : await shakeHands(socket, tls, signal);
}

async function shakeHands(
  socket: Deno.TcpConn,
  { serverName, authorities }: TlsOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const secured = await Deno.startTls(socket, {
    hostname: serverName,
    caCerts: [...authorities],
    alpnProtocols: ["http/1.1"],
  });
  await whileConnecting(secured, signal, () => secured.handshake());
  return secured;
}

/**
 * Does the rest of what makes a connection of `socket`, which is closed when
 * that fails, or `signal` is aborted.
 */
export async function whileConnecting<Result>(
  socket: Socket,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const cut = () => close(socket);
  signal.addEventListener("abort", cut, { once: true });
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    // Passed on: what failed to begin is not left open.
    close(socket);
    throw error;
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

/** Closes `socket`. Harmless when it is closed. */
export function close(socket: Socket): void {
  try {
    socket.close();
  } catch (error) {
    // Whoever cuts a connection and whoever uses it both close it.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

// Deno's own TLS checks certificates unless the whole process does not.
async function connectInsecurely(
  host: string,
  port: number,
  { serverName }: TlsOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connectNodeTls({
    ...{ host, port, rejectUnauthorized: false },
    ...nameOption(serverName),
    ALPNProtocols: ["http/1.1"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = () => reject(signal.reason);
  socket.once("secureConnect", () => resolve());
  socket.on("error", reject);
  signal.addEventListener("abort", give, { once: true });
  try {
    await promise;
  } catch (error) {
    // Passed on: what failed to begin is not left open.
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", give);
  }
  return new StreamSocket(socket.setNoDelay());
}

/** How Node is told of a name; an address must not be sent. */
export function nameOption(
  serverName: string,
): { readonly servername?: string } {
  const isAddress = serverName.includes(":") || /^[\d.]+$/.test(serverName);
  return isAddress ? {} : { servername: serverName };
}

/** A stream of Node's, read when it is asked. */
class StreamSocket implements Socket {
  readonly #stream: NodeSocket;
  #isOver = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  constructor(stream: NodeSocket) {
    this.#stream = stream;
    stream.on("readable", () => this.#wake());
    for (const name of ["end", "close"]) {
      stream.on(name, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
    stream.on("error", (error: Error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async read(target: Uint8Array): Promise<number | null> {
    for (;;) {
      const chunk = this.#take(target.length);
      if (chunk !== null) {
        target.set(chunk);
        return chunk.length;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  // All that there is, but not more than `count`.
  #take(count: number): Uint8Array | null {
    const there = Math.min(count, this.#stream.readableLength);
    return there === 0 && !this.#isOver
      ? this.#touch()
      : this.#stream.read(there || undefined);
  }

  // A stream reads on when it was asked and had nothing.
  #touch(): null {
    this.#stream.read(0);
    return null;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      // It is the caller's to reuse when this resolves, and not before.
      this.#stream.write(bytes, (error) => {
        if (error) reject(error);
        else resolve(bytes.length);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}

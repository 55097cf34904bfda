/** A server of a test. */
export interface TestServer extends AsyncDisposable {
  /** Its port on 127.0.0.1. */
  readonly port: number;
}

const LOOPBACK = { hostname: "127.0.0.1", port: 0, onListen() {} };

/** Answers by HTTP/1.1, and by HTTP/2 to who knows that. */
export function serveHttp(
  answer: (request: Request) => Response | Promise<Response>,
  tls?: { readonly cert: string; readonly key: string },
): TestServer {
  const server = Deno.serve({ ...LOOPBACK, ...tls }, answer);
  return {
    port: server.addr.port,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A connection, as a script of {@linkcode serveRaw} sees it. */
export interface RawConnection {
  /** Reads what comes, up to 64 KiB; null when the client has gone. */
  read(): Promise<string | null>;
  /** Writes text, a byte a character; nothing when the client has gone. */
  write(text: string): Promise<void>;
}

/** Serves each connection by `script`, and closes it when that resolves. */
export function serveRaw(
  script: (connection: RawConnection, index: number) => Promise<void>,
): TestServer & { readonly opened: () => number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      open.push(converse(connection, script, open.length));
    }
  })();
  return {
    port: listener.addr.port,
    opened: () => open.length,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}

async function converse(
  connection: Deno.TcpConn,
  script: (connection: RawConnection, index: number) => Promise<void>,
  index: number,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  await script({
    // A client that has enough closes at any time.
    async read() {
      const count = await connection.read(buffer).catch(() => null);
      return count === null
        ? null
        : String.fromCharCode(...buffer.subarray(0, count));
    },
    async write(text) {
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
      await connection.write(bytes).catch(() => 0);
    },
  }, index);
  connection.close();
}

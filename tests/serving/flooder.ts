/**
 * A thread that sends on and on behind a request, so that nothing that its peer
 * does keeps it from that.
 *
 * @module
 */

/** What is to be asked, and how much is sent behind it at the most. */
export interface Flood {
  /** TCP port of this machine. */
  readonly port: number;
  /** Path to ask for. */
  readonly path: string;
  /** Size of what is sent behind it, in bytes. */
  readonly bytesMax: number;
}

const thread = self as unknown as Worker;

thread.onmessage = async ({ data }: MessageEvent<Flood>) => {
  thread.postMessage(await flood(data));
};

async function flood({ port, path, bytesMax }: Flood): Promise<number> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  await conn.write(new TextEncoder().encode(head));
  const piece = new Uint8Array(500_000).fill(65);
  let sentBytes = 0;
  try {
    while (sentBytes < bytesMax) {
      sentBytes += await conn.write(piece);
      // Not so fast that nobody could keep up.
      await new Promise<void>((resolve) => setTimeout(resolve, 3));
    }
  } catch (error) {
    // It has been cut.
    if (!isEnd(error)) throw error;
  }
  return sentBytes;
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}

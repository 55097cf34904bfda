/**
 * What does a sandboxed process for each WebSocket cost?
 *
 * @module
 */

import { V8_FLAG } from "../../cli/process/restart.ts";
import { WARMUP_SECONDS } from "../load.ts";
import {
  denoVariant,
  type Figures,
  playVariant,
  type RowPlan,
} from "../noun.ts";

const HELD = 256;
const PAYLOAD_BYTES = 64;
const WARMUP_MS = 1_000 * WARMUP_SECONDS;
const ECHO_MS = 5_000;
const IDLE = 10_000;

const FILE = import.meta.filename!;
const RUSM = denoVariant(FILE, "echoRusm", "rusm");
const RAW = denoVariant(FILE, "echoRaw", "npm ws");
const MEMORY = denoVariant(FILE, "idle", "rusm");

/** Rows of WebSockets. */
export const WS_ROWS: readonly RowPlan[] = [
  {
    name: "webSocketEcho",
    what:
      `${PAYLOAD_BYTES} bytes there and back, on ${HELD} connections, each the next when the last is back, ${
        ECHO_MS / 1_000
      } s after ${WARMUP_SECONDS} s of warm-up. The guest is a core module. Server and generator are processes of their own and share the cores.`,
    unit: "messages/s",
    figure: "messagesPerSecond",
    variant: RUSM,
    against: RAW,
    bar: 0.4,
  },
  {
    name: "webSocketMemory",
    what:
      `Resident memory of ${IDLE} connections that nobody uses, each, without what as many processes of the same guest take that have none.`,
    unit: "KiB",
    figure: "kibPerSocket",
    variant: MEMORY,
    against: { name: "40 KiB", figure: "kibAllowed" },
    bar: 1,
  },
];

/** A server in a process of its own. */
export class Server {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #rest = "";

  /**
   * @param kind What it is told to be.
   * @param file Its program, beside this one.
   */
  constructor(kind: string, file = "ws_server.ts") {
    const script = new URL(file, import.meta.url).pathname;
    // As `rusm serve` runs; a peer runs as it would by itself.
    const own = kind === "raw" ? [] : [V8_FLAG];
    const v8Flags = `--v8-flags=${["--expose-gc", ...own]}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", v8Flags, script, kind],
      ...{ stdin: "piped", stdout: "piped", stderr: "inherit" },
    }).spawn();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf("\n");
      if (at > 0) {
        const line = this.#rest.slice(0, at);
        this.#rest = this.#rest.slice(at + 1);
        return line;
      }
      if (at === 0) this.#rest = this.#rest.slice(1);
      else {
        const { done, value } = await this.#lines.read();
        if (done) throw new Error("Cannot read a line: the server has ended");
        this.#rest += value;
      }
    }
  }

  /** Bytes that it has resident. */
  async residentBytes(): Promise<number> {
    await this.#input.write(new TextEncoder().encode("?\n"));
    return Number(await this.line());
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#lines.cancel();
    await this.#input.abort().catch(() => {});
  }
}

const REQUEST = new TextEncoder().encode([
  ...["GET / HTTP/1.1", "Host: bench", "Upgrade: websocket"],
  ...["Connection: Upgrade", "Sec-WebSocket-Version: 13"],
  ...["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
].join("\r\n"));

// With a mask of zeros, which is a mask like all others.
const FRAME = new Uint8Array(6 + PAYLOAD_BYTES);
FRAME.set([0x82, 0x80 | PAYLOAD_BYTES]);

const ANSWER_BYTES = 2 + PAYLOAD_BYTES;

/** How often a connection is tried: a scheduler that says nothing for a second gets no more. */
const TRIES = 50;

async function connect(url: string): Promise<Deno.TcpConn> {
  let head = "";
  for (let tried = 0; tried < TRIES; tried++) {
    const { hostname, port } = new URL(url);
    const socket = await Deno.connect({ hostname, port: Number(port) });
    socket.setNoDelay(true);
    await socket.write(REQUEST);
    head = await readHead(socket);
    if (head.startsWith("HTTP/1.1 101")) return socket;
    socket.close();
    await sleep(100);
  }
  throw new Error(`Cannot open a WebSocket: ${JSON.stringify(head)}`);
}

async function readHead(socket: Deno.TcpConn): Promise<string> {
  let head = "";
  const chunk = new Uint8Array(1_024);
  while (!head.includes("\r\n\r\n")) {
    const count = await socket.read(chunk);
    if (count === null) return head;
    head += new TextDecoder().decode(chunk.subarray(0, count));
  }
  return head;
}

async function echo(
  socket: Deno.TcpConn,
  count: { total: number; isOver: boolean },
): Promise<void> {
  const chunk = new Uint8Array(ANSWER_BYTES);
  while (!count.isOver) {
    await socket.write(FRAME);
    for (let got = 0; got < ANSWER_BYTES;) {
      got += await socket.read(chunk.subarray(got)) ?? Infinity;
    }
    count.total++;
  }
  socket.close();
}

async function measureEcho(kind: "loop" | "raw"): Promise<Figures> {
  await using server = new Server(kind);
  const url = await server.line();
  const sockets = await connectMany(url, HELD);
  const count = { total: 0, isOver: false };
  const echoes = sockets.map((socket) => echo(socket, count));
  await sleep(WARMUP_MS);
  const [before, atMs] = [count.total, performance.now()];
  await sleep(ECHO_MS);
  const messages = count.total - before;
  const seconds = (performance.now() - atMs) / 1_000;
  count.isOver = true;
  await Promise.all(echoes);
  return { messagesPerSecond: messages / seconds };
}

async function connectMany(
  url: string,
  count: number,
): Promise<Deno.TcpConn[]> {
  const sockets: Deno.TcpConn[] = [];
  while (sockets.length < count) {
    const batch = Math.min(64, count - sockets.length);
    const opened = Array.from({ length: batch }, () => connect(url));
    sockets.push(...await Promise.all(opened));
  }
  return sockets;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function measureIdle(): Promise<Figures> {
  const guest = await bytesOfParked();
  await using server = new Server("service");
  const url = await server.line();
  const warm = await connectMany(url, 64);
  const before = await server.residentBytes();
  const sockets = await connectMany(url, IDLE);
  const after = await server.residentBytes();
  for (const socket of [...warm, ...sockets]) socket.close();
  const kibPerSocket = ((after - before) / IDLE - guest) / 1_024;
  return { kibPerSocket, kibAllowed: 40, kibPerGuest: guest / 1_024 };
}

// Bytes that a process takes which waits, and has no connection.
async function bytesOfParked(): Promise<number> {
  await using server = new Server("parked");
  const before = Number(await server.line());
  return (await server.residentBytes() - before) / IDLE;
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    echoRusm: () => measureEcho("loop"),
    echoRaw: () => measureEcho("raw"),
    idle: measureIdle,
  });
}

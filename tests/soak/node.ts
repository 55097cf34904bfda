/**
 * The node under load, in a process of its own, and what it takes.
 *
 * @module
 */

import { V8_FLAG } from "../../cli/process/restart.ts";
import { handlerSource } from "./faults.ts";

/** How long a request may take, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 5_000;

const MANIFEST = `
[log]
level = "error"

[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "handler"
request_timeout_ms = ${REQUEST_TIMEOUT_MS}

[[serve]]
protocol = "ws"
listen = "127.0.0.1:0"
component = "socket"

[[serve]]
protocol = "sse"
listen = "127.0.0.1:0"
component = "feed"

[components.handler]
capability = "short"
[components.socket]
[components.feed]

[capabilities.short]
inherits = "sandboxed"
max-memory-mb = 16
max-cpu-ms = 500
`;

const SOCKET = `
const { websocket } = require("@rusm/wasm/guest");
exports.default = websocket({
  message: (socket, data, isText) =>
    isText ? socket.sendText(new TextDecoder().decode(data)) : socket.send(data),
});
`;

const FEED = `
const { sse } = require("@rusm/wasm/guest");
exports.default = sse({
  open(stream) { setInterval(() => stream.data("tick"), 100); },
});
`;

const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** What a node takes of the system. */
export interface Sample {
  /** Resident memory, in bytes. */
  readonly memoryBytes: number;
  /** Files and connections that are open. */
  readonly files: number;
}

/** A node that runs. */
export interface SoakNode {
  /** Where it answers requests. */
  readonly httpUrl: string;
  /** Where its WebSockets echo. */
  readonly wsUrl: string;
  /** Where its event streams tick. */
  readonly sseUrl: string;
  /** Looks at it. */
  sample(): Promise<Sample>;
  /** What it wrote to its log that is no end of a guest. */
  complaints(): readonly string[];
  /** Stops it, and answers its exit code and last line. */
  stop(): Promise<{ readonly code: number; readonly lastLine: string }>;
}

/** Calls `work` with a node, which is gone afterwards. Knows Linux alone. */
export async function withNode<Result>(
  work: (node: SoakNode) => Promise<Result>,
): Promise<Result> {
  const directory = await Deno.makeTempDir({ prefix: "rusm-soak-" });
  try {
    await write(directory);
    const child = start(directory);
    try {
      return await work(await nodeOf(child));
    } finally {
      kill(child);
      await child.status;
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function write(directory: string): Promise<void> {
  await Deno.mkdir(`${directory}/wasm`);
  const files = {
    "rusm.toml": MANIFEST,
    "wasm/handler.js": handlerSource(),
    "wasm/socket.js": SOCKET,
    "wasm/feed.js": FEED,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
}

// With the flags that `serve` would start itself again with, so that the process
// that is looked at is the one that serves.
function start(directory: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-prompt", "--no-check"],
      ...["--unstable-worker-options", "--unstable-bundle"],
      ...[`--v8-flags=${V8_FLAG}`, MAIN, "serve"],
    ],
    cwd: directory,
    env: { RUSM_FLAGS: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended, which Deno tells by a TypeError.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Lines that say how a guest ended, and where: those are what is asked for. */
const ENDS = /^\d\d:\d\d:\d\d rusm +exit |^ +\| /;

/** The most complaints that are kept. */
const COMPLAINTS_MAX = 20;

async function nodeOf(child: Deno.ChildProcess): Promise<SoakNode> {
  const lines: string[] = [];
  const complaints: string[] = [];
  const listening = Promise.withResolvers<void>();
  const read = eachLine(child.stdout, (line) => {
    lines.push(line);
    if (line.startsWith("stop: ")) listening.resolve();
  });
  const logged = eachLine(child.stderr, (line) => {
    if (ENDS.test(line) || complaints.length >= COMPLAINTS_MAX) return;
    complaints.push(line);
  });
  const ended = read.then(() => {
    throw new Error(
      `Cannot start a node: ${[...lines, ...complaints].join("\n")}`,
    );
  });
  await Promise.race([listening.promise, ended]);
  ended.catch(() => {});
  const [httpUrl = "", wsUrl = "", sseUrl = ""] = lines.join("\n")
    .match(/\b(?:http|ws):\/\/127\.0\.0\.1:\d+/g) ?? [];
  return {
    httpUrl,
    wsUrl,
    sseUrl,
    sample: () => sampleOf(child.pid),
    complaints: () => complaints,
    async stop() {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await Promise.all([read, logged]);
      return { code, lastLine: lines.at(-1) ?? "" };
    },
  };
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
}

async function sampleOf(pid: number): Promise<Sample> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
  const files = await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`));
  return { memoryBytes: kib * 1_024, files: files.length };
}

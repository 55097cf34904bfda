/**
 * Servers under load, each in a process of its own.
 *
 * @module
 */

import { ChildError, spawn, stopChild } from "./child.ts";

/** How long a server may take to say where it listens, in milliseconds. */
export const START_MS = 60_000;

/** The characters of its output that are kept, the last ones. */
const OUTPUT_CHARS_MAX = 16_384;

// Without the character behind it, a port that comes in two pieces is cut short.
const URL_PATTERN = /http:\/\/127\.0\.0\.1:[1-9]\d*(?=\D)/;

/** A server that runs until it is disposed. */
export interface Server extends AsyncDisposable {
  /** Where it listens: scheme, address and port. */
  readonly url: string;
  /** The last of what it printed. */
  output(): string;
}

/** What {@linkcode startServer} is bound by. */
export interface ServerOptions {
  /** Milliseconds it may take to print its URL; {@linkcode START_MS} when absent. */
  readonly timeoutMs?: number;
  /** Milliseconds it has to stop. */
  readonly stopMs?: number;
  /** Gives up waiting for the URL when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a server and waits until it prints `http://127.0.0.1:PORT`.
 *
 * @param command Program and arguments.
 * @throws {ChildError} It ended, or printed no URL in time. It has stopped by then.
 * @throws What `options.signal` was aborted with. It has stopped by then.
 */
export async function startServer(
  command: readonly string[],
  options: ServerOptions = {},
): Promise<Server> {
  options.signal?.throwIfAborted();
  const child = spawn(command);
  const output = new Output(child);
  const stop = async () => {
    await stopChild(child, options.stopMs);
    await output.close();
  };
  try {
    const url = await urlOf(output, command, options);
    return { url, output: () => output.text, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function urlOf(
  output: Output,
  command: readonly string[],
  options: ServerOptions,
): Promise<string> {
  const { timeoutMs = START_MS, signal } = options;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const given = [late.signal, ...(signal === undefined ? [] : [signal])];
  const url = await output.find(URL_PATTERN, AbortSignal.any(given));
  clearTimeout(timer);
  signal?.throwIfAborted();
  if (url !== undefined) return url;
  const end = late.signal.aborted
    ? `no URL within ${timeoutMs} ms`
    : "it ended";
  throw new ChildError(
    `Cannot start ${command.join(" ")}: ${end}`,
    output.text,
  );
}

/** What a process prints on stdout and stderr, read all the time so that it never waits for us. */
class Output {
  text = "";
  readonly #readers: readonly ReadableStreamDefaultReader<string>[];
  readonly #ended: Promise<unknown>;
  #changed = Promise.withResolvers<void>();

  constructor(child: Deno.ChildProcess) {
    const streams = [child.stdout, child.stderr];
    this.#readers = streams.map((stream) =>
      stream.pipeThrough(new TextDecoderStream()).getReader()
    );
    this.#ended = Promise.all(
      this.#readers.map((reader) => this.#read(reader)),
    );
  }

  async #read(reader: ReadableStreamDefaultReader<string>): Promise<void> {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.text = (this.text + value).slice(-OUTPUT_CHARS_MAX);
      this.#changed.resolve();
    }
  }

  /** The first match of `pattern`; undefined when the output ends, or `signal` aborts, without one. */
  async find(
    pattern: RegExp,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    let isOver = false;
    const over = () => {
      isOver = true;
      this.#changed.resolve();
    };
    signal.addEventListener("abort", over);
    this.#ended.then(over);
    for (;;) {
      const match = pattern.exec(this.text)?.[0];
      if (match !== undefined || isOver) return match;
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.cancel()));
  }
}

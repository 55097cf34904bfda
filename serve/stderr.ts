/**
 * Standard error, as the sink of a log.
 *
 * @module
 */

import { STDERR_RETRY_MS, STDERR_WAITING_CHARS_MAX } from "./limits.ts";
import { createLog, type Log, type LogOptions } from "./log.ts";

/** A log on standard error. */
export interface StderrLog extends Log {
  /**
   * Resolves when all that was written is out, or cannot be; never, while
   * nobody reads.
   */
  flush(): Promise<void>;
}

/**
 * Makes a log that writes to standard error, and never waits for whoever reads
 * there: see {@linkcode LineQueue}. How many records were dropped is an error of
 * the log.
 */
export function openStderrLog(
  options: Pick<LogOptions, "level" | "format">,
): StderrLog {
  const queue = new LineQueue(
    (bytes) => Deno.stderr.write(bytes),
    (count) => log.error(`Dropped ${count} records that nobody read in time`),
  );
  const sink = (text: string) => queue.write(text);
  const log = createLog({ ...options, sink, isColored: isStderrColored() });
  return { ...log, flush: () => queue.flush() };
}

function isStderrColored(): boolean {
  return wantsColor({
    isTerminal: Deno.stderr.isTerminal(),
    noColor: Deno.noColor,
    forced: forcedColor(),
  });
}

// A program that may not read it does without.
function forcedColor(): string | undefined {
  const query = { name: "env", variable: "FORCE_COLOR" } as const;
  const { state } = Deno.permissions.querySync(query);
  return state === "granted" ? Deno.env.get("FORCE_COLOR") : undefined;
}

/** What decides about colours. */
export interface ColorCase {
  /** Whether somebody looks at it. */
  readonly isTerminal: boolean;
  /** Whether `NO_COLOR` is set. */
  readonly noColor: boolean;
  /** `FORCE_COLOR`, which goes before `NO_COLOR` as in Deno; `0`, `false` and nothing do not force. */
  readonly forced: string | undefined;
}

/** Decides whether text is coloured. Pure. */
export function wantsColor(
  { isTerminal, noColor, forced = "" }: ColorCase,
): boolean {
  return !["", "0", "false"].includes(forced) || isTerminal && !noColor;
}

/** Writes some of `bytes`; resolves with how many. */
type Write = (bytes: Uint8Array) => Promise<number>;

/**
 * Texts on their way out.
 *
 * `write` returns at once. What is written while the one before is on its way
 * goes out in one piece. What waits is bounded: a text that finds no room is
 * dropped, and how many were is told when there is room again. What cannot be
 * written (a closed pipe, a full disk) is dropped too, and is not told.
 */
export class LineQueue {
  readonly #write: Write;
  readonly #dropped: (count: number) => void;
  #waiting: string[] = [];
  #waitingChars = 0;
  #droppedCount = 0;
  #pumping: Promise<void> | undefined;

  /**
   * An empty queue.
   *
   * @param dropped Told how many texts were dropped; may write.
   */
  constructor(write: Write, dropped: (count: number) => void) {
    this.#write = write;
    this.#dropped = dropped;
  }

  /** Writes `text` behind all others, or drops it. */
  write(text: string): void {
    const chars = this.#waitingChars + text.length;
    if (chars > STDERR_WAITING_CHARS_MAX) {
      this.#droppedCount++;
      return;
    }
    this.#waiting.push(text);
    this.#waitingChars = chars;
    this.#pumping ??= this.#pump();
  }

  /** Resolves when all is out, or cannot be. */
  async flush(): Promise<void> {
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    // What else is written in this turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join("");
      this.#waiting = [];
      this.#waitingChars = 0;
      // Now there is room, and it goes behind the last that found some.
      this.#tellDropped();
      await writeAll(encoder.encode(text), this.#write);
    }
    this.#pumping = undefined;
  }

  #tellDropped(): void {
    const count = this.#droppedCount;
    if (count === 0) return;
    this.#droppedCount = 0;
    this.#dropped(count);
  }
}

const encoder = new TextEncoder();

async function writeAll(bytes: Uint8Array, write: Write): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const count = await writeSome(bytes.subarray(written), write);
    if (count === undefined) return;
    written += count;
  }
}

async function writeSome(
  bytes: Uint8Array,
  write: Write,
): Promise<number | undefined> {
  try {
    return await write(bytes);
  } catch (error) {
    // Another process has made the pipe non-blocking, and it is full: try later.
    // Whatever else is wrong (nobody reads, the disk is full) must not stop the
    // node, and there is no other place to say it.
    if (!(error instanceof Deno.errors.WouldBlock)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, STDERR_RETRY_MS));
    return 0;
  }
}

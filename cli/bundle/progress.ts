/**
 * What a build shows while it runs.
 *
 * @module
 */

import { type Output, paint, print } from "../io.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;

/** A line that wraps could not be taken away. */
const NAMES_COLUMNS_MAX = 60;

/** Back to the start of the line, and nothing on it. */
const CLEAR = "\r\x1b[K";

/**
 * The names that are being worked on, with a spinner, below the lines that are
 * done. On anything but a terminal there are only the lines.
 */
export class Progress {
  readonly #output: Output;
  readonly #pending: Set<string>;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #frames = 0;

  /** Starts to show `names`; to be ended by {@linkcode Progress.end}. */
  constructor(output: Output, names: Iterable<string>) {
    this.#output = output;
    this.#pending = new Set(names);
    if (!output.isTerminal) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
  }

  /** `name` is done: prints its `line`. */
  finish(name: string, line: string): void {
    this.#pending.delete(name);
    this.#clear();
    print(this.#output, line);
    this.#draw();
  }

  /** Takes the spinner away. */
  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#output.isTerminal) this.#output.write(CLEAR);
  }

  #draw(): void {
    if (!this.#output.isTerminal || this.#pending.size === 0) return;
    const frame = FRAMES[this.#frames++ % FRAMES.length] ?? "";
    const names = shortenTo(NAMES_COLUMNS_MAX, [...this.#pending].join(", "));
    this.#output.write(
      `${CLEAR}  ${paint(this.#output, "cyan", frame)} ${names}`,
    );
  }
}

function shortenTo(columnsMax: number, text: string): string {
  return text.length <= columnsMax ? text : `${text.slice(0, columnsMax - 1)}…`;
}

/**
 * What a command knows of the world: where it prints, where it is, and how it
 * is told to stop and to reload.
 *
 * @module
 */

import { join } from "node:path";
import { styleText } from "node:util";
import type { StopRequests } from "./process/stop.ts";

/** Somewhere to print. */
export interface Output {
  /** Whether lines can be redrawn. */
  readonly isTerminal: boolean;
  /** Whether colour is wanted: a terminal, and no `NO_COLOR`. */
  readonly hasColour: boolean;
  /** Prints `text` as it stands. Returns when the system has it. */
  write(text: string): void;
  /** Prints `bytes` as they are. Returns when the system has them. */
  writeBytes(bytes: Uint8Array): void;
}

/** Everything that {@linkcode main} uses of the process that it runs in. */
export interface Io {
  /** For results. */
  readonly stdout: Output;
  /** For what went wrong. */
  readonly stderr: Output;
  /** Reads all that is typed or piped in, until it ends. */
  readInput(): Promise<Uint8Array<ArrayBuffer>>;
  /** Absolute path that relative paths are relative to. */
  readonly cwd: string;
  /** Absolute path of where to keep what can be made again; nowhere when absent. */
  readonly cacheDirectory?: string;
  /** Shell command that runs this program, for the user to copy. */
  readonly invocation: string;
  /** Starts to listen for requests to stop; the caller closes what it gets. */
  listenForStop(): StopRequests;
  /**
   * Calls `listener` whenever this process is asked to take up what is on the
   * disk. Returns a function that ends this.
   */
  onReload(listener: () => void): () => void;
  /**
   * Runs the program again with `args`, in a process of its own that has the
   * Deno flags that a command needs and works in `directory`. Resolves with its
   * exit code. Absent when this process has the flags.
   */
  readonly restart?: (
    args: readonly string[],
    directory: string,
  ) => Promise<number>;
}

/** Where rewritten modules are kept, if anywhere. */
export function moduleCacheOf({ cacheDirectory }: Io): string | undefined {
  return cacheDirectory === undefined
    ? undefined
    : join(cacheDirectory, "modules");
}

/** A colour or a weight, as `node:util` names it. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Styles `text` when `output` shows colours, else leaves it alone. */
export function paint(output: Output, style: Style, text: string): string {
  if (!output.hasColour) return text;
  // Whether the stream takes colours is decided by `output`.
  return styleText(style, text, { validateStream: false });
}

/** Prints `lines`, each with a line end. */
export function print(output: Output, ...lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(""));
}

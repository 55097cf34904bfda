/**
 * Streams between puppets.
 *
 * @module
 */

import type { StreamBroken } from "../errors.ts";
import { type ByteStream, openStream } from "../stream.ts";
import { type Puppet, puppet } from "./puppet.ts";
import { type Simulated, simulated } from "./simulated.ts";

/** A stream, the processes that own its ends, and their machine. */
export interface StreamScene extends ByteStream, Simulated {
  /** The process that owns the writer. */
  readonly source: Puppet;
  /** The process that owns the reader. */
  readonly sink: Puppet;
}

/** A stream between two processes that do nothing with it of their own. */
export function streamScene(
  chunksMax = 2,
  reductionsPerSlice = 1_000,
): StreamScene {
  const simulation = simulated({ reductionsPerSlice });
  const { runtime } = simulation;
  const source = puppet(runtime);
  const sink = puppet(runtime);
  const ends = { writer: source.pid, reader: sink.pid, chunksMax };
  const stream = openStream(runtime, ends);
  return { ...simulation, ...stream, source, sink };
}

/** A chunk of `bytes`. */
export function chunk(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

/** All that is left to read, and the reason when the stream is broken. */
export async function readAll(
  { reader }: Pick<ByteStream, "reader">,
): Promise<unknown[]> {
  const read: unknown[] = [];
  try {
    for (;;) {
      const next = await reader.read();
      if (next === undefined) return read;
      read.push(next[0]);
    }
  } catch (error) {
    return [...read, (error as StreamBroken).reason];
  }
}

/** What becomes of a promise, once it is known. */
export function outcomeOf(promise: void | Promise<unknown>): { is: unknown } {
  const outcome: { is: unknown } = { is: "waits" };
  Promise.resolve(promise).then(
    () => outcome.is = "done",
    (error) => outcome.is = [error.code, error.end, error.reason],
  );
  return outcome;
}

/** One thing that happens to a stream. */
export type Step =
  | "write"
  | "tryWrite"
  | "read"
  | "end"
  | "abort"
  | "cancel"
  | "killWriter"
  | "killReader";

/** A stream that is taken through steps, and what came of them. */
export class StreamRun {
  /** The stream. */
  readonly scene: StreamScene;
  /** All that was offered while the stream was open, in order. */
  readonly offered: unknown[] = [];
  /** How many of these are known to be taken. */
  taken = 0;
  /** First bytes of what was read, in order. */
  readonly read: unknown[] = [];
  /** What the last read found in place of a chunk. */
  last: "end" | "broken" | undefined;
  /** The steps that closed the stream, or could not any more, in order. */
  readonly closings: Step[] = [];
  #isReading = false;

  /** An open stream. */
  constructor(chunksMax: number, reductionsPerSlice: number) {
    this.scene = streamScene(chunksMax, reductionsPerSlice);
  }

  /** Takes one step; a write only while the stream is open. */
  take(step: Step): void {
    if (step === "write" || step === "tryWrite") return this.#write(step);
    if (step === "read") return this.readOne();
    this.closings.push(step);
    const { runtime, writer, reader, source, sink } = this.scene;
    if (step === "end") writer.end();
    else if (step === "abort") writer.abort("shutdown");
    else if (step === "cancel") reader.cancel();
    else runtime.kill((step === "killWriter" ? source : sink).pid);
  }

  #write(step: "write" | "tryWrite"): void {
    if (this.closings.length > 0) return;
    const { writer } = this.scene;
    const value = this.offered.length;
    if (step === "tryWrite") {
      if (!writer.tryWrite(chunk(value))) return;
      this.taken++;
    } else {
      Promise.resolve(writer.write(chunk(value)))
        .then(() => this.taken++, () => {});
    }
    this.offered.push(value);
  }

  /** Reads, unless a read waits. */
  readOne(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    Promise.resolve(this.scene.reader.read())
      .then((bytes) => {
        if (bytes === undefined) this.last = "end";
        else this.read.push(bytes[0]);
      }, () => {
        this.last = "broken";
      })
      .finally(() => this.#isReading = false);
  }
}

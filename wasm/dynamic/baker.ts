/**
 * Scripts of guests, evaluated in a thread of their own.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { LoadFailed, SchedulerFailed } from "../errors.ts";
import { PRELUDE_MEMORY_BYTES } from "../limits.ts";
import type { Image } from "../script/image.ts";
import { quickjs } from "../script/quickjs.ts";

/** What the thread is asked. Posted. */
export interface BakeRequest {
  /** Comes back with the answer. */
  readonly id: number;
  /** See {@linkcode bake}. */
  readonly name: string;
  /** See {@linkcode bake}. */
  readonly bundle: string;
  /** See {@linkcode bake}. */
  readonly capability: Capability;
  /** QuickJS, by the bytes that its memory is capped at: what is needed to evaluate it. */
  readonly modules: readonly (readonly [number, WebAssembly.Module])[];
}

/** What it answers, to each in order. Posted. */
export interface BakeAnswer {
  /** Of the request. */
  readonly id: number;
  /** What the script has logged, as much as is passed on. */
  readonly lines: readonly (readonly [level: number, text: string])[];
  /** The image, or why there is none. */
  readonly result:
    | { readonly type: "baked"; readonly image: Image }
    | {
      readonly type: "failed";
      readonly message: string;
      readonly stack: string;
    };
}

interface Waiting {
  readonly name: string;
  readonly log: (level: number, text: string) => void;
  readonly resolve: (image: Image) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Evaluates scripts as `bake` does, one after the other, in a Worker without
 * permissions: one that never ends takes its time there, and not on the main
 * thread. The Worker starts with the first script.
 */
export class Baker {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #count = 0;
  #isClosed = false;

  /**
   * Evaluates a script.
   *
   * @param name For stacks and messages.
   * @param log Takes what the script logs.
   * @throws {LoadFailed} It threw, took too long, or used too much memory.
   * @throws {SchedulerFailed} The Worker was lost, or this is closed.
   */
  async bake(
    name: string,
    bundle: string,
    capability: Capability,
    log: Waiting["log"],
  ): Promise<Image> {
    const caps = [PRELUDE_MEMORY_BYTES, capability.memoryBytesMax];
    const modules = await Promise.all(
      caps.map(async (cap) => [cap, await quickjs(cap)] as const),
    );
    if (this.#isClosed) throw lost("the engine is closed");
    const worker = this.#worker ??= this.#start();
    const id = this.#count++;
    const { promise, resolve, reject } = Promise.withResolvers<Image>();
    this.#waiting.set(id, { name, log, resolve, reject });
    const request: BakeRequest = { id, name, bundle, capability, modules };
    worker.postMessage(request);
    return await promise;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./baker_worker.ts", import.meta.url), {
      type: "module",
      name: "baker",
      deno: { permissions: "none" },
    });
    worker.onmessage = ({ data }) => this.#heed(data as BakeAnswer);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(event.message);
    };
    return worker;
  }

  #heed({ id, lines, result }: BakeAnswer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    for (const [level, text] of lines) waiting.log(level, text);
    if (result.type === "baked") return waiting.resolve(result.image);
    const { message, stack } = result;
    waiting.reject(new LoadFailed(waiting.name, message, stack));
  }

  // The next script gets another.
  #lose(why: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(lost(why));
    this.#waiting.clear();
  }

  /** Ends the Worker; whoever waits is told so. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#lose("the engine is closed");
  }
}

function lost(why: string): SchedulerFailed {
  return new SchedulerFailed(`Cannot evaluate a script: ${why}`);
}

/**
 * A run on one thread, or on several.
 *
 * @module
 */

import type { Plan } from "./plan.ts";
import { prepareRun } from "./run.ts";
import { addTallies, type TallyState } from "./tally.ts";

/** What a thread is told. */
export type Order =
  | {
    readonly type: "prepare";
    readonly plan: Plan;
    readonly index: number;
    readonly count: number;
  }
  /** All begin at the same time, in milliseconds since 1970. */
  | { readonly type: "play"; readonly startAtMs: number }
  | { readonly type: "stop" };

/** What a thread tells. */
export type News =
  /** It waits for its order to play. */
  | { readonly type: "ready" }
  /** What it has counted so far, and whether that is all. */
  | {
    readonly type: "state";
    readonly state: TallyState;
    readonly isLast: boolean;
  };

/** A run that goes on. */
export interface Crew {
  /**
   * Resolves when everything is done and closed.
   *
   * @throws What broke a thread.
   */
  readonly done: Promise<void>;
  /** What was counted so far, up to half a second ago. */
  state(): TallyState;
  /** Ends it at once. */
  stop(): void;
}

/**
 * Plays `plan` on so many threads: this one alone, when that is one.
 *
 * @returns The crew, and when it has begun, in milliseconds since 1970.
 */
export async function play(
  plan: Plan,
  count: number,
): Promise<{ readonly crew: Crew; readonly startAtMs: number }> {
  return count === 1 ? await playHere(plan) : await playThere(plan, count);
}

async function playHere(plan: Plan) {
  const startRun = await prepareRun(plan, { index: 0, count: 1 });
  const startMs = performance.now();
  const run = startRun(startMs);
  const crew: Crew = {
    done: run.play(),
    state: () => run.state(),
    stop: () => run.stop(),
  };
  return { crew, startAtMs: performance.timeOrigin + startMs };
}

async function playThere(plan: Plan, count: number) {
  const threads = Array.from({ length: count }, () => new Thread());
  const done = Promise.all(threads.map((thread) => thread.done));
  const ready = Promise.all(threads.map((thread) => thread.ready));
  threads.forEach((thread, index) => {
    thread.tell({ type: "prepare", plan, index, count });
  });
  await Promise.race([ready, done]);
  const startAtMs = performance.timeOrigin + performance.now();
  for (const thread of threads) thread.tell({ type: "play", startAtMs });
  const crew: Crew = {
    done: end(done, threads),
    state: () => addTallies(threads.flatMap(({ state }) => state ?? [])),
    stop: () => {
      for (const thread of threads) thread.tell({ type: "stop" });
    },
  };
  return { crew, startAtMs };
}

async function end(
  done: Promise<unknown>,
  threads: readonly Thread[],
): Promise<void> {
  try {
    await done;
  } finally {
    for (const thread of threads) thread.terminate();
  }
}

/** A worker that has its share of a run. */
class Thread {
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<void>();
  #state: TallyState | undefined;

  constructor() {
    const program = new URL("./worker.ts", import.meta.url);
    this.#worker = new Worker(program, { type: "module", name: "load" });
    this.#worker.onmessage = ({ data }: MessageEvent<News>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const what = `Cannot go on without a thread: ${event.message}`;
      this.#done.reject(new Error(what));
    };
  }

  #hear(news: News): void {
    if (news.type === "ready") return this.#ready.resolve();
    this.#state = news.state;
    if (news.isLast) this.#done.resolve();
  }

  /** Resolves when it waits for its order to play. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when it is done, and rejects when it broke. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** What it said last that it had counted. */
  get state(): TallyState | undefined {
    return this.#state;
  }

  tell(order: Order): void {
    this.#worker.postMessage(order);
  }

  terminate(): void {
    this.#worker.terminate();
  }
}

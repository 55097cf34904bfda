/**
 * Tasks: functions that run in processes of their own.
 *
 * @module
 */

import type { Awaitable } from "./server.ts";
import type { Context } from "./context.ts";
import { TaskFailed, TaskTimeout } from "./errors.ts";
import { TASK_TIMEOUT_MS } from "./limits.ts";
import type { Pid } from "./pid.ts";
import { spawnTied, type Tied } from "./tied.ts";
import { checkDelay } from "./timer.ts";

/** How the result of a {@linkcode Task} is waited for. */
export interface TaskOptions {
  /** Milliseconds until the task is killed; 5,000 when absent, `Infinity` for ever. */
  readonly timeoutMs?: number;
}

/** A function that runs in a process of its own. */
export interface Task<out Result> {
  /** Names the process. */
  readonly pid: Pid;

  /**
   * Waits for the result. Can be called again, also when it is there.
   *
   * @returns The result. Rejects with {@linkcode TaskFailed} when the task ended
   * without one, and with {@linkcode TaskTimeout} when it was killed because the
   * time was up.
   * @throws {RangeError} `timeoutMs` is negative, not a number, or too long.
   *
   * @see Elixir `Task.await/2`. Differs: rejects where Elixir exits the caller.
   */
  result(options?: TaskOptions): Promise<Result>;

  /** Ends the task with the reason `"killed"`. Returns whether it was running. */
  kill(): boolean;
}

/** The part of a {@linkcode Context} that a process shows to start tasks. */
export type TaskOwner = Pick<Context<never>, "pid" | "runtime" | "signal">;

/**
 * Runs `run` in a new process that is killed when this one ends, whatever the
 * reason. Its failure reaches only who waits for the result.
 *
 * @param self The process that owns the task.
 * @param run Called once, in a later turn.
 *
 * @see Elixir `Task.async/1`. Differs: a task that fails does not end its owner;
 * one whose owner ends normally is killed too.
 *
 * @example
 * ```ts
 * import { awaitMany, Runtime, task } from "@rusm/otp";
 * import { deepStrictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const owner = runtime.spawn(async (self) => {
 *   const tasks = [1, 2, 3].map((value) => task(self, () => value * 2));
 *   deepStrictEqual(await awaitMany(tasks), [2, 4, 6]);
 * });
 * deepStrictEqual(await owner.join(), "normal");
 * ```
 */
export function task<Result>(
  self: TaskOwner,
  run: (self: Context<never>) => Awaitable<Result>,
): Task<Result> {
  return new RunningTask(self, run);
}

/**
 * Waits for the results of all `tasks`, in their order. When one of them has
 * none, those that still run are killed.
 *
 * @returns The results. Rejects as {@linkcode Task.result} of the first task that fails.
 * @throws {RangeError} `timeoutMs` is negative, not a number, or too long.
 *
 * @see Elixir `Task.await_many/2`.
 */
export async function awaitMany<Results extends readonly unknown[]>(
  tasks: { readonly [Index in keyof Results]: Task<Results[Index]> },
  options: TaskOptions = {},
): Promise<Results> {
  try {
    const results = tasks.map((each) => each.result(options));
    return await Promise.all(results) as unknown as Results;
  } finally {
    tasks.forEach((each) => each.kill());
  }
}

/** What came of a task. */
type Outcome<Result> =
  | { readonly type: "done"; readonly result: Result }
  | { readonly type: "failed"; readonly error: Error };

/** The one implementation of {@linkcode Task}. */
class RunningTask<Result> implements Task<Result> {
  readonly #tied: Tied<never>;
  // What its function returned, before the process has ended.
  #returned: Outcome<Result> | undefined;
  #outcome: Outcome<Result> | undefined;
  #waiting: ((outcome: Outcome<Result>) => void)[] = [];

  constructor(
    { runtime, pid }: TaskOwner,
    run: (self: Context<never>) => Awaitable<Result>,
  ) {
    const start = async (self: Context<never>) => {
      this.#returned = { type: "done", result: await run(self) };
    };
    this.#tied = spawnTied(runtime, pid, { start }, {});
    this.#tied.onExit((reason) => {
      const error = new TaskFailed(this.pid, reason);
      this.#end(this.#returned ?? { type: "failed", error });
    });
  }

  get pid(): Pid {
    return this.#tied.handle.pid;
  }

  kill(): boolean {
    return this.#tied.handle.kill();
  }

  result(options: TaskOptions = {}): Promise<Result> {
    const { timeoutMs = TASK_TIMEOUT_MS } = options;
    if (timeoutMs !== Infinity) checkDelay(timeoutMs);
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<Result>) =>
        outcome.type === "done"
          ? resolve(outcome.result)
          : reject(outcome.error);
      if (this.#outcome !== undefined) return settle(this.#outcome);
      this.#waiting.push(settle);
      if (timeoutMs !== Infinity) this.#killAfter(timeoutMs);
    });
  }

  #killAfter(timeoutMs: number): void {
    const error = new TaskTimeout(this.pid, timeoutMs);
    this.#tied.killAfter(timeoutMs, () => this.#end({ type: "failed", error }));
  }

  #end(outcome: Outcome<Result>): void {
    this.#outcome = outcome;
    this.#waiting.forEach((settle) => settle(outcome));
    this.#waiting = [];
  }
}

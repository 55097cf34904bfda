/**
 * Processes that do not outlive the one they work for.
 *
 * @module
 */

import type { ProcessBody, SpawnOptions } from "./context.ts";
import { type Pid, processOf } from "./pid.ts";
import type { Tie } from "./bonds.ts";
import type { Process } from "./process.ts";
import type { ExitReason } from "./reason.ts";
import type { ProcessHandle, Runtime } from "./runtime.ts";
import type { Timer } from "./timer.ts";

/** A process that is killed when its owner ends before the tie does. */
export interface Tied<in Message> {
  /** The process. */
  readonly handle: ProcessHandle<Message>;

  /** Ends the tie and calls `then`. */
  release(then: () => void): void;

  /** Calls `then` when the process ends before the tie does, which ends it too. */
  onExit(then: (reason: ExitReason) => void): void;

  /** Ends the tie in `timeoutMs`: kills the process and calls `then`. */
  killAfter(timeoutMs: number, then: () => void): void;
}

/**
 * Spawns a process for `owner`, its {@linkcode Context.parent}. Of what its tie is asked to call, one thing is
 * called, once; none when the owner ends first.
 *
 * @param owner A process of this thread; when it has ended, the new one is
 * killed at once. None when undefined.
 * @throws {RangeError} See {@linkcode Runtime.spawn}.
 */
export function spawnTied<Message>(
  runtime: Runtime,
  owner: Pid | undefined,
  body: ProcessBody<Message>,
  options: SpawnOptions,
): Tied<Message> {
  const handle = runtime.spawn(body, options);
  processOf(handle.pid)!.parent = owner;
  const tie = new ChildTie(handle, owner && processOf(owner));
  if (owner !== undefined && processOf(owner) === undefined) tie.cancel();
  return tie;
}

class ChildTie<Message> implements Tied<Message>, Tie {
  readonly handle: ProcessHandle<Message>;
  readonly #child: Process;
  readonly #owner: Process | undefined;
  readonly #timers: Timer[] = [];
  #isTied = true;

  constructor(handle: ProcessHandle<Message>, owner: Process | undefined) {
    this.handle = handle;
    this.#child = processOf(handle.pid)!;
    this.#owner = owner;
    owner?.tie(this);
  }

  release(then: () => void): void {
    if (!this.#isTied) return;
    this.#untie();
    then();
  }

  onExit(then: (reason: ExitReason) => void): void {
    this.#child.onExit((reason) => this.release(() => then(reason)));
  }

  killAfter(timeoutMs: number, then: () => void): void {
    const { timers } = this.#child.core;
    this.#timers.push(timers.start(timeoutMs, () => {
      this.#untie();
      this.#child.terminate("killed");
      then();
    }));
  }

  cancel(): void {
    this.#untie();
    this.#child.terminate("killed");
  }

  #untie(): void {
    this.#isTied = false;
    this.#owner?.untie(this);
    const { timers } = this.#child.core;
    this.#timers.forEach((timer) => timers.cancel(timer));
  }
}

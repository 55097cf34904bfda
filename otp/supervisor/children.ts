/**
 * The children of one supervisor, in the order they are started.
 *
 * @module
 */

import {
  type ChildFailed,
  type ChildSpec,
  type ChildStart,
  startChildOf,
  stopChildrenOf,
} from "./child.ts";
import type { Context } from "../context.ts";
import type { Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import type { SupervisorMessage } from "./message.ts";

/** A child, and what has become of it. */
export interface Child {
  /** How it is started and stopped. */
  readonly spec: ChildSpec;
  /** What it does now. */
  state: ChildState;
  /** Restarts in a row, after none of which it ran for a whole period. */
  restartsInRow: number;
  /** Why it ended last, or could not be started. */
  reason: ExitReason;
}

/** What a child does. */
export type ChildState =
  | { readonly type: "stopped" }
  | { readonly type: "running"; readonly pid: Pid; readonly sinceMs: number }
  | { readonly type: "restarting"; readonly attempt: number };

/** A child that could not be started, and why. */
export interface FailedChild {
  /** Which. */
  readonly child: Child;
  /** Why. */
  readonly reason: ChildFailed["reason"];
}

const STOPPED: ChildState = { type: "stopped" };

/**
 * The children of one supervisor.
 *
 * Invariant: every running child is linked to the supervisor, or has unlinked
 * itself.
 */
export class Children {
  readonly #self: Context<SupervisorMessage>;
  // In start order.
  #children: Child[] = [];

  /** No children of `self`. */
  constructor(self: Context<SupervisorMessage>) {
    this.#self = self;
  }

  /** All, in start order. */
  get all(): readonly Child[] {
    return this.#children;
  }

  /** The child that is called `id`. */
  find(id: string): Child | undefined {
    return this.#children.find(({ spec }) => spec.id === id);
  }

  /** The child that runs as `pid`. */
  runningAs(pid: Pid): Child | undefined {
    return this.#children.find(({ state }) =>
      state.type === "running" && state.pid.equals(pid)
    );
  }

  /** Adds a child behind all others. It does not run yet. */
  add(spec: ChildSpec): Child {
    const reason = "normal";
    const child: Child = { spec, state: STOPPED, restartsInRow: 0, reason };
    this.#children.push(child);
    return child;
  }

  /** Forgets a child. */
  remove(child: Child): void {
    this.#children = this.#children.filter((other) => other !== child);
  }

  /** Starts a child that does not run. One that cannot be started stays stopped. */
  start(child: Child): ChildStart {
    const { spec } = child;
    const started = startChildOf(this.#self, spec.start, spec, spec.id);
    child.state = started.type === "failed" ? STOPPED : {
      type: "running",
      pid: started.pid,
      sinceMs: this.#self.runtime.host.now(),
    };
    return started;
  }

  /** Starts children that do not run, in order, up to the first that cannot be started. */
  startEach(children: readonly Child[]): FailedChild | undefined {
    for (const child of children) {
      const started = this.start(child);
      if (started.type === "failed") return { child, reason: started.reason };
    }
    return undefined;
  }

  /** Notes that a child has ended, or need not be restarted. A temporary one is forgotten. */
  ended(child: Child): void {
    child.state = STOPPED;
    if (child.spec.restart === "temporary") this.remove(child);
  }

  /** Stops children one after the other, the last first. Returns when all have ended. */
  async stopEach(children: readonly Child[]): Promise<void> {
    for (const child of children.toReversed()) await this.stop(child);
  }

  /** Stops a child. Returns when it has ended. */
  async stop(child: Child): Promise<void> {
    const { state, spec: { shutdown } } = child;
    if (state.type === "running") {
      await stopChildrenOf<SupervisorMessage>(
        this.#self,
        [state.pid],
        shutdown,
      );
    }
    this.ended(child);
  }
}

/**
 * Supervisors: processes that start others and restart them when they end.
 *
 * @module
 */

import { ask } from "./supervisor/ask.ts";
import { checkChildSettings, type ChildSpec } from "./supervisor/child.ts";
import type { Context, ProcessBody } from "./context.ts";
import type { Pid } from "./pid.ts";
import {
  type Backoff,
  checkBackoff,
  checkRestartLimit,
  type Strategy,
} from "./supervisor/restart.ts";
import { Runtime } from "./runtime.ts";
import {
  type AutoShutdown,
  type GivesUpWith,
  Supervision,
  type SupervisionPlan,
} from "./supervisor/supervision.ts";
import type {
  ChildCounts,
  ChildInfo,
  DeleteChildResult,
  RestartChildResult,
  StartChildResult,
  SupervisorMessage,
  TerminateChildResult,
} from "./supervisor/message.ts";

/** How a {@linkcode supervisor} is made. */
export interface SupervisorOptions {
  /** In the order they are started; none when absent. They are stopped in the reverse order. */
  readonly children?: readonly ChildSpec[];

  /** Which children are restarted with one that ended; `"oneForOne"` when absent. */
  readonly strategy?: Strategy;

  /** Restarts within one period that are borne, 0 or more; 3 when absent. */
  readonly restartsMax?: number;

  /** The period in milliseconds, above 0; 5,000 ms when absent. */
  readonly periodMs?: number;

  /**
   * Whether the supervisor ends, with the reason `"shutdown"`, when a
   * significant child has ended and is not restarted, or the last of them;
   * `"never"` when absent.
   */
  readonly autoShutdown?: AutoShutdown;

  /** How long to wait before each restart; not at all when absent. */
  readonly backoff?: Backoff;

  /**
   * Makes its exit reason when it gives up, from the id of the child that ended
   * last and why it did; `"shutdown"` when absent.
   */
  readonly givesUpWith?: GivesUpWith;
}

/** The body of a supervisor; {@linkcode supervisor} makes it. */
export interface SupervisorBody extends ProcessBody<SupervisorMessage> {
  /** Told by the supervisor of this one whose exit signals to heed. */
  supervisedBy(parent: Pid): void;
}

/**
 * The body of a supervisor, for {@linkcode Runtime.spawn} or the `start` of a
 * child.
 *
 * It starts its children in order, each linked to it. When one ends, its
 * `restart` says whether it is started again, and the strategy which others are
 * stopped, the youngest first, and started again with it. Nothing is started
 * before all that had to be stopped has ended.
 *
 * It stops all children, the youngest first, one after the other, and exits:
 *
 * - with `"shutdown"`, or as `givesUpWith` says, when there were more than
 *   `restartsMax` restarts within `periodMs`. A start that throws counts as a
 *   restart;
 * - with `"shutdown"`, when `autoShutdown` says so;
 * - with the reason it is given, when its parent or nobody in particular
 *   (`runtime.exit(pid, reason)`) asks it to exit, or its parent ends;
 * - with `{ type: "failedToStart", id, reason }` as payload, when a child cannot
 *   be started to begin with.
 *
 * One that is killed takes its children along, as far as they do not trap exits.
 * All other exit signals and messages are ignored. Do not bound its mailbox: it
 * sends itself what it has to try again.
 *
 * @throws {TypeError} Two children have one id, or one is significant and
 * permanent, or significant while `autoShutdown` is `"never"`.
 * @throws {RangeError} A number is out of its range.
 *
 * @see Erlang `supervisor`. Differs: 3 restarts are borne, not 1; a child
 * counts as started when it is spawned.
 *
 * @example A child that comes back
 * ```ts
 * import { Runtime, Sim, supervisor, whichChildren } from "@rusm/otp";
 * import { ok, strictEqual } from "node:assert";
 *
 * const sim = new Sim({ seed: 1 });
 * const runtime = new Runtime({ host: sim.host() });
 * let starts = 0;
 * const { pid } = runtime.spawn(supervisor({
 *   children: [{
 *     id: "worker",
 *     start: () => () => {
 *       starts++;
 *       if (starts === 1) throw new Error("first time");
 *       return new Promise(() => {});
 *     },
 *   }],
 * }));
 *
 * await sim.run();
 * strictEqual(starts, 2);
 * const [worker] = await whichChildren(runtime, pid);
 * ok(worker !== undefined && worker.pid !== undefined);
 * strictEqual(worker.id, "worker");
 * ```
 */
export function supervisor(options: SupervisorOptions): SupervisorBody {
  const plan = planOf(options);
  let parent: Pid | undefined;
  return {
    start: (self) => new Supervision(self, plan, parent).run(),
    supervisedBy(pid) {
      parent = pid;
    },
  };
}

function planOf(options: SupervisorOptions): SupervisionPlan {
  const { restartsMax = 3, periodMs = 5_000, backoff } = options;
  const { children = [], autoShutdown = "never" } = options;
  const { strategy = "oneForOne", givesUpWith = () => "shutdown" } = options;
  const limit = { restartsMax, periodMs };
  checkRestartLimit(limit);
  if (backoff !== undefined) checkBackoff(backoff);
  checkChildSpecs(children, autoShutdown);
  return {
    ...{ strategy, children: [...children], limit, autoShutdown },
    ...{ backoff, givesUpWith },
  };
}

function checkChildSpecs(
  specs: readonly ChildSpec[],
  autoShutdown: AutoShutdown,
): void {
  const ids = new Set<string>();
  for (const spec of specs) {
    checkChildSpec(spec);
    if (ids.has(spec.id)) {
      throw new TypeError(`Cannot supervise two children with id: ${spec.id}`);
    }
    if (spec.significant && autoShutdown === "never") {
      throw new TypeError(
        `Cannot make a child significant without autoShutdown: ${spec.id}`,
      );
    }
    ids.add(spec.id);
  }
}

function checkChildSpec(spec: ChildSpec): void {
  checkChildSettings(spec);
  const { id, restart = "permanent", significant = false } = spec;
  if (significant && restart === "permanent") {
    throw new TypeError(`Cannot make a permanent child significant: ${id}`);
  }
}

/**
 * Starts a supervisor.
 *
 * @param starter A runtime, or the process that becomes the supervisor's parent
 * and is linked to it.
 * @throws {TypeError} As {@linkcode supervisor} does.
 * @throws {RangeError} As {@linkcode supervisor} does.
 *
 * @see Erlang `supervisor:start_link/2`. Differs: returns before the children
 * are started.
 */
export function startSupervisor<Message>(
  starter: Runtime | Context<Message>,
  options: SupervisorOptions,
): Pid<SupervisorMessage> {
  const body = supervisor(options);
  if (starter instanceof Runtime) return starter.spawn(body).pid;
  body.supervisedBy(starter.pid);
  return starter.spawnLink(body).pid;
}

/**
 * The children of a supervisor, in start order.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:which_children/1`. Differs: that has the youngest first.
 */
export function whichChildren(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
): Promise<ChildInfo[]> {
  return ask<SupervisorMessage, ChildInfo[]>(runtime, supervisor, (asked) => ({
    type: "whichChildren",
    ...asked,
  }));
}

/**
 * How many children a supervisor has.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:count_children/1`. Differs: does not tell workers and
 * supervisors apart.
 */
export function countChildren(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
): Promise<ChildCounts> {
  return ask<SupervisorMessage, ChildCounts>(runtime, supervisor, (asked) => ({
    type: "countChildren",
    ...asked,
  }));
}

/**
 * Adds a child behind all others and starts it. When it cannot be started, it
 * is not added.
 *
 * @param spec Carries functions, so the supervisor must run in this thread.
 * @throws {TypeError} `spec` is significant and permanent.
 * @throws {RangeError} A number in `spec` is out of its range.
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:start_child/2`.
 */
export async function startChild(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
  spec: ChildSpec,
): Promise<StartChildResult> {
  checkChildSpec(spec);
  return await ask<SupervisorMessage, StartChildResult>(
    runtime,
    supervisor,
    (asked) => ({
      type: "startChild",
      spec,
      ...asked,
    }),
  );
}

/**
 * Stops a child, or gives up its restart, and waits for its end. It stays
 * stopped until `restartChild` or a restart of others that it goes with; a
 * temporary one is forgotten.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:terminate_child/2`.
 */
export function terminateChild(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
  id: string,
): Promise<TerminateChildResult> {
  return ask<SupervisorMessage, TerminateChildResult>(
    runtime,
    supervisor,
    (asked) => ({
      type: "terminateChild",
      id,
      ...asked,
    }),
  );
}

/**
 * Starts a child that is stopped. Does not count as a restart.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:restart_child/2`.
 */
export function restartChild(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
  id: string,
): Promise<RestartChildResult> {
  return ask<SupervisorMessage, RestartChildResult>(
    runtime,
    supervisor,
    (asked) => ({
      type: "restartChild",
      id,
      ...asked,
    }),
  );
}

/**
 * Forgets a child that is stopped.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Erlang `supervisor:delete_child/2`.
 */
export function deleteChild(
  runtime: Runtime,
  supervisor: Pid<SupervisorMessage>,
  id: string,
): Promise<DeleteChildResult> {
  return ask<SupervisorMessage, DeleteChildResult>(
    runtime,
    supervisor,
    (asked) => ({
      type: "deleteChild",
      id,
      ...asked,
    }),
  );
}

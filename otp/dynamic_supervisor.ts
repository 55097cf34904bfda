/**
 * Dynamic supervisors: children of one kind, started when they are asked for.
 *
 * @module
 */

import { ask } from "./supervisor/ask.ts";
import { checkChildSettings, type ChildSettings } from "./supervisor/child.ts";
import type { ProcessBody } from "./context.ts";
import {
  type DynamicPlan,
  DynamicSupervision,
  type DynamicSupervisorMessage,
  type StartDynamicChildResult,
} from "./supervisor/dynamic_supervision.ts";
import type { Pid } from "./pid.ts";
import {
  type Backoff,
  checkBackoff,
  checkRestartLimit,
} from "./supervisor/restart.ts";
import type { Body, Runtime } from "./runtime.ts";
import type {
  ChildCounts,
  TerminateChildResult,
} from "./supervisor/message.ts";

/**
 * How a {@linkcode dynamicSupervisor} is made.
 *
 * @typeParam Argument What a child is started with, and started again.
 * @typeParam Message What the children accept.
 */
export interface DynamicSupervisorOptions<Argument, Message = never>
  extends ChildSettings {
  /**
   * Makes what a child runs; called for each start. The child counts as started
   * when it is spawned. When this throws, the start has failed.
   */
  readonly start: (
    argument: Argument,
  ) => Body<Message> | ProcessBody<Message>;

  /** How many children there may be, those to be restarted included, 0 or more; no bound when absent. */
  readonly childrenMax?: number;

  /** Restarts of all children within one period that are borne, 0 or more; 3 when absent. */
  readonly restartsMax?: number;

  /** The period in milliseconds, above 0; 5,000 ms when absent. */
  readonly periodMs?: number;

  /** How long to wait before each restart; not at all when absent. */
  readonly backoff?: Backoff;
}

/** The body of a dynamic supervisor; {@linkcode dynamicSupervisor} makes it. */
export interface DynamicSupervisorBody<Argument, Message>
  extends ProcessBody<DynamicSupervisorMessage<Argument, Message>> {
  /** Told by the supervisor of this one whose exit signals to heed. */
  supervisedBy(parent: Pid): void;
}

/**
 * The body of a supervisor whose children are all of one kind and start when
 * `startDynamicChild` asks for them.
 *
 * A child that ended is restarted, with its first argument and a new pid, or
 * forgotten; the others are left alone. The supervisor ends for the same reasons
 * as that of `supervisor()`, and then stops all children at the same time.
 *
 * @throws {RangeError} A number is out of its range.
 *
 * @see Elixir `DynamicSupervisor`; Erlang `supervisor`, `simple_one_for_one`.
 *
 * @example Two of at most two
 * ```ts
 * import { dynamicSupervisor, Runtime, startDynamicChild } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const { pid } = runtime.spawn(dynamicSupervisor<string>({
 *   start: (_name) => (self) => self.receive(),
 *   childrenMax: 2,
 *   restart: "temporary",
 * }));
 *
 * strictEqual((await startDynamicChild(runtime, pid, "one")).type, "started");
 * strictEqual((await startDynamicChild(runtime, pid, "two")).type, "started");
 * strictEqual((await startDynamicChild(runtime, pid, "six")).type, "maxChildren");
 * ```
 */
export function dynamicSupervisor<Argument = void, Message = never>(
  options: DynamicSupervisorOptions<Argument, Message>,
): DynamicSupervisorBody<Argument, Message> {
  const plan = planOf(options);
  let parent: Pid | undefined;
  return {
    start: (self) => new DynamicSupervision(self, plan, parent).run(),
    supervisedBy(pid) {
      parent = pid;
    },
  };
}

function planOf<Argument, Message>(
  options: DynamicSupervisorOptions<Argument, Message>,
): DynamicPlan<Argument> {
  const { restartsMax = 3, periodMs = 5_000 } = options;
  const { childrenMax = Infinity, backoff } = options;
  const limit = { restartsMax, periodMs };
  checkRestartLimit(limit);
  if (backoff !== undefined) checkBackoff(backoff);
  checkChildSettings(options);
  if (!(childrenMax >= 0)) {
    throw new RangeError(`Cannot bound children below 0: ${childrenMax}`);
  }
  return { ...options, childrenMax, limit, backoff };
}

/**
 * Starts a child.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Elixir `DynamicSupervisor.start_child/2`.
 */
export function startDynamicChild<Argument, Message>(
  runtime: Runtime,
  supervisor: Pid<DynamicSupervisorMessage<Argument, Message>>,
  argument: NoInfer<Argument>,
): Promise<StartDynamicChildResult<Message>> {
  return ask<
    DynamicSupervisorMessage<Argument, Message>,
    StartDynamicChildResult<Message>
  >(runtime, supervisor, (asked) => ({
    type: "startChild",
    argument,
    ...asked,
  }));
}

/**
 * Stops a child, waits for its end, and forgets it.
 *
 * @param child The process it is, or was when it is to be restarted.
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Elixir `DynamicSupervisor.terminate_child/2`.
 */
export function terminateDynamicChild<Argument, Message>(
  runtime: Runtime,
  supervisor: Pid<DynamicSupervisorMessage<Argument, Message>>,
  child: Pid,
): Promise<TerminateChildResult> {
  return ask<DynamicSupervisorMessage<Argument, Message>, TerminateChildResult>(
    runtime,
    supervisor,
    (asked) => ({ type: "terminateChild", child, ...asked }),
  );
}

/**
 * The children that run, the oldest process first.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Elixir `DynamicSupervisor.which_children/1`.
 */
export function whichDynamicChildren<Argument, Message>(
  runtime: Runtime,
  supervisor: Pid<DynamicSupervisorMessage<Argument, Message>>,
): Promise<Pid<Message>[]> {
  return ask<DynamicSupervisorMessage<Argument, Message>, Pid<Message>[]>(
    runtime,
    supervisor,
    (asked) => ({ type: "whichChildren", ...asked }),
  );
}

/**
 * How many children there are; `specs` has those that are to be restarted too.
 *
 * @throws {SupervisorDown} The supervisor has ended.
 *
 * @see Elixir `DynamicSupervisor.count_children/1`.
 */
export function countDynamicChildren<Argument, Message>(
  runtime: Runtime,
  supervisor: Pid<DynamicSupervisorMessage<Argument, Message>>,
): Promise<ChildCounts> {
  return ask<DynamicSupervisorMessage<Argument, Message>, ChildCounts>(
    runtime,
    supervisor,
    (asked) => ({ type: "countChildren", ...asked }),
  );
}

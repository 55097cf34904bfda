/**
 * What supervisors are sent, and what they answer.
 *
 * @module
 */

import type { Ask } from "./ask.ts";
import type { ChildSpec, ChildStart } from "./child.ts";
import type { Pid } from "../pid.ts";
import type { Down, ExitMessage } from "../signal.ts";

/** What a supervisor accepts: requests, and what tells it of its children. */
export type SupervisorMessage =
  | SupervisorRequest
  | Retry
  | ExitMessage
  | Down;

/** What a supervisor can be asked. The functions of the same names ask. */
export type SupervisorRequest =
  | { readonly type: "whichChildren" } & Ask<ChildInfo[]>
  | { readonly type: "countChildren" } & Ask<ChildCounts>
  | { readonly type: "startChild"; readonly spec: ChildSpec }
    & Ask<StartChildResult>
  | NamedRequest<"terminateChild", TerminateChildResult>
  | NamedRequest<"restartChild", RestartChildResult>
  | NamedRequest<"deleteChild", DeleteChildResult>;

/** A request about the child `id`. */
export type NamedRequest<Type, Reply> =
  & { readonly type: Type; readonly id: string }
  & Ask<Reply>;

/** What a supervisor sends itself when it is time for a restart. */
export interface Retry {
  /** The tag. */
  readonly type: "retry";
  /** Names the child. */
  readonly id: string;
  /** Which restart of this supervisor it is; an older one was overtaken. */
  readonly attempt: number;
  /** Whether the restart was counted already, before a wait. */
  readonly isCounted: boolean;
}

/** A child, as `whichChildren()` shows it. */
export interface ChildInfo {
  /** Names the child. */
  readonly id: string;
  /** Its process; absent when none runs, or a restart is still to come. */
  readonly pid: Pid | "restarting" | undefined;
}

/** How many children there are, as `countChildren()` says. */
export interface ChildCounts {
  /** Specifications, whether or not their child runs. */
  readonly specs: number;
  /** Children that run. */
  readonly active: number;
}

/** What came of `startChild()`. */
export type StartChildResult =
  | ChildStart
  | { readonly type: "alreadyStarted"; readonly pid: Pid }
  | { readonly type: "alreadyPresent" }
  | { readonly type: "cannotBeSignificant" };

/** What came of `terminateChild()`. */
export type TerminateChildResult =
  | { readonly type: "terminated" }
  | { readonly type: "notFound" };

/** What came of `restartChild()`. */
export type RestartChildResult = ChildStart | NotStopped;

/** What came of `deleteChild()`. */
export type DeleteChildResult = { readonly type: "deleted" } | NotStopped;

/** There is no such child, or it is not stopped. */
export type NotStopped = {
  readonly type: "notFound" | "running" | "restarting";
};

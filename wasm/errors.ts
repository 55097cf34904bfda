/**
 * Errors that callers of this member are expected to catch.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";

/** There is no room for another process: every scheduler that could run it is full, or lost. */
export class SystemLimit extends Error {
  /** Names the component that was to be spawned. */
  constructor(component: string) {
    super(`Cannot spawn more processes of this component: ${component}`);
    this.name = "SystemLimit";
  }
}

/** A profile grants what the node itself was not given. */
export class NotGrantable extends Error {
  /** Names profile, grant, and the flag that the node lacks. */
  constructor(profile: string, grant: string, flag: string) {
    super(
      `Cannot grant ${grant} to profile "${profile}", since this node was started without it: pass ${flag}`,
    );
    this.name = "NotGrantable";
  }
}

/** A component threw, or used too much, while it was evaluated. */
export class LoadFailed extends Error {
  /** Name of the component. */
  readonly component: string;

  /** Tells what the component threw; `stack` holds frames of the component alone. */
  constructor(component: string, message: string, stack: string) {
    super(message);
    this.name = "LoadFailed";
    this.component = component;
    this.stack = stack === "" ? message : `${message}\n${stack}`;
  }
}

/**
 * Why a component did not answer a request.
 *
 * | kind | |
 * | --- | --- |
 * | `noAnswer` | it returned without an answer, or set an error |
 * | `ended` | its process ended first; `reason` says why |
 * | `timeout` | it took too long |
 * | `tooLarge` | the request's body is larger than allowed |
 * | `gone` | nobody waits for the answer any more |
 * | `cut` | the body of its response ended in the middle |
 */
export type HandlerFailure =
  | "noAnswer"
  | "ended"
  | "timeout"
  | "tooLarge"
  | "gone"
  | "cut";

/** A component did not answer a request, or not to the end. */
export class HandlerFailed extends Error {
  /** What went wrong. */
  readonly kind: HandlerFailure;
  /** Why its process ended; undefined when it did not, or was ended for this. */
  readonly reason: ExitReason | undefined;

  /** Says why there is no answer. */
  constructor(kind: HandlerFailure, why: string, reason?: ExitReason) {
    super(`Cannot answer a request by a component: ${why}`);
    this.name = "HandlerFailed";
    this.kind = kind;
    this.reason = reason;
  }
}

/** A scheduler could not be started. */
export class SchedulerFailed extends Error {
  /** Tells why. */
  constructor(message: string) {
    super(message);
    this.name = "SchedulerFailed";
  }
}

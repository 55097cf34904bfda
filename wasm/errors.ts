/**
 * Errors that callers of this member are expected to catch.
 *
 * @module
 */

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

/** A scheduler could not be started. */
export class SchedulerFailed extends Error {
  /** Tells why. */
  constructor(message: string) {
    super(message);
    this.name = "SchedulerFailed";
  }
}

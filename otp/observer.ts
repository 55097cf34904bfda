/**
 * Who looks at what happens to processes.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";

/**
 * Told what happens to processes, as it happens, before anybody else is. What
 * it throws is thrown again in a later macrotask, and no process suffers.
 *
 * What is not there costs nothing: a runtime without {@linkcode Observer.sent}
 * sends as fast as one without an observer.
 */
export interface Observer {
  /** `pid` was spawned. */
  spawned?(pid: Pid, label: string | undefined): void;
  /**
   * `pid` has ended.
   *
   * @param linkedTo The process whose end, over a link, was its own; absent
   * when it ended for any other reason.
   */
  exited?(
    pid: Pid,
    reason: ExitReason,
    label: string | undefined,
    linkedTo?: Pid,
  ): void;
  /** `from`, of this thread, has linked itself to `to`. */
  linked?(from: Pid, to: Pid): void;
  /**
   * A process or the program sent `message`. Must not change it.
   *
   * @param isSent What `send` returned.
   */
  sent?(to: Pid, message: unknown, isSent: boolean): void;
  /** A child has ended or could not be started, and its supervisor restarts it or gives up. */
  restarted?(restart: RestartInfo): void;
}

/** What a supervisor does about the end of a child that it may restart. */
export interface RestartInfo {
  /** The supervisor. */
  readonly supervisor: Pid;
  /** The id of the child; what its pid printed as when it is one of a dynamic supervisor. */
  readonly child: string;
  /** Why the child ended, or could not be started. */
  readonly reason: ExitReason;
  /** Whether it was one restart too many, and the supervisor ends instead. */
  readonly isGivenUp: boolean;
  /** Restarts of the supervisor within its period, with this one; 0 when it has no limit, and they are not counted. */
  readonly count: number;
  /** How many of them there may be. */
  readonly countMax: number;
  /** Milliseconds until the child is started, 0 without a back-off. */
  readonly waitMs: number;
}

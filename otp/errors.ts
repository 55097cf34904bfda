/**
 * What calls, starts of servers, tasks, streams and requests to supervisors are
 * rejected with.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import { type ExitReason, formatReason } from "./reason.ts";

/** A call got no reply in time. The server may still do the work. */
export class CallTimeout extends Error {
  /** Stable, for programs. */
  readonly code = "callTimeout";
  /** The class, for people. */
  override readonly name = "CallTimeout";
  /** Who did not reply. */
  readonly server: Pid;
  /** How long the call waited, in milliseconds. */
  readonly timeoutMs: number;

  /** Says that `server` did not reply within `timeoutMs`. */
  constructor(server: Pid, timeoutMs: number) {
    super(`Cannot wait for ${server} longer than ${timeoutMs} ms`);
    this.server = server;
    this.timeoutMs = timeoutMs;
  }
}

/** The server of a call was not alive, or ended before it replied. */
export class ServerDown extends Error {
  /** Stable, for programs. */
  readonly code = "serverDown";
  /** The class, for people. */
  override readonly name = "ServerDown";
  /** Who ended. */
  readonly server: Pid;
  /** Why; `"noproc"` when it was not alive to begin with. */
  readonly reason: ExitReason;

  /** Says that `server` ended with `reason`. */
  constructor(server: Pid, reason: ExitReason) {
    super(`Cannot call ${server}, which is down: ${formatReason(reason)}`);
    this.server = server;
    this.reason = reason;
  }
}

/** A call that would have waited for ever, as those on its path wait for it. */
export class CallCycle extends Error {
  /** Stable, for programs. */
  readonly code = "callCycle";
  /** The class, for people. */
  override readonly name = "CallCycle";
  /** Who would wait for whom: from the caller, by way of the server, to the caller. */
  readonly path: readonly Pid[];

  /** Says that the call would close `path`. */
  constructor(path: readonly Pid[]) {
    super(`Cannot call in a cycle: ${path.join(" -> ")}`);
    this.path = path;
  }
}

/** A call did not get to the server: its mailbox, or the way to it, is full. */
export class CallRefused extends Error {
  /** Stable, for programs. */
  readonly code = "callRefused";
  /** The class, for people. */
  override readonly name = "CallRefused";
  /** Whom it did not get to. */
  readonly server: Pid;

  /** Says that `server` has no room for a call. */
  constructor(server: Pid) {
    super(`Cannot get a call through to ${server}`);
    this.server = server;
  }
}

/** A server did not get through its `init`. */
export class StartFailed extends Error {
  /** Stable, for programs. */
  readonly code = "startFailed";
  /** The class, for people. */
  override readonly name = "StartFailed";
  /** Why it ended. */
  readonly reason: ExitReason;

  /** Says that a server ended with `reason` before it was ready. */
  constructor(reason: ExitReason) {
    super(`Cannot start a server: ${formatReason(reason)}`);
    this.reason = reason;
  }
}

/** The `init` of a server took too long. The server was killed. */
export class StartTimeout extends Error {
  /** Stable, for programs. */
  readonly code = "startTimeout";
  /** The class, for people. */
  override readonly name = "StartTimeout";
  /** How long it had, in milliseconds. */
  readonly timeoutMs: number;

  /** Says that a server was not ready within `timeoutMs`. */
  constructor(timeoutMs: number) {
    super(`Cannot wait for a server to start longer than ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** A task ended without a result. */
export class TaskFailed extends Error {
  /** Stable, for programs. */
  readonly code = "taskFailed";
  /** The class, for people. */
  override readonly name = "TaskFailed";
  /** Names the task. */
  readonly task: Pid;
  /** Why it ended; a crash when its function threw. */
  readonly reason: ExitReason;

  /** Says that `task` ended with `reason`. */
  constructor(task: Pid, reason: ExitReason) {
    super(`Cannot have the result of task ${task}: ${formatReason(reason)}`);
    this.task = task;
    this.reason = reason;
  }
}

/** A task had no result in time. It was killed. */
export class TaskTimeout extends Error {
  /** Stable, for programs. */
  readonly code = "taskTimeout";
  /** The class, for people. */
  override readonly name = "TaskTimeout";
  /** Names the task. */
  readonly task: Pid;
  /** How long it had, in milliseconds. */
  readonly timeoutMs: number;

  /** Says that `task` had no result within `timeoutMs`. */
  constructor(task: Pid, timeoutMs: number) {
    super(`Cannot wait for task ${task} longer than ${timeoutMs} ms`);
    this.task = task;
    this.timeoutMs = timeoutMs;
  }
}

/** The other end of a stream is gone: not all that was written is read. */
export class StreamBroken extends Error {
  /** Stable, for programs. */
  readonly code = "streamBroken";
  /** The class, for people. */
  override readonly name = "StreamBroken";
  /** Which end is gone. */
  readonly end: "writer" | "reader";
  /** Why: what its process ended with, or what the end was given up with. */
  readonly reason: ExitReason;

  /** Says that `end` is gone, because of `reason`. */
  constructor(end: "writer" | "reader", reason: ExitReason) {
    const why = formatReason(reason);
    super(`Cannot go on with a stream whose ${end} is gone: ${why}`);
    this.end = end;
    this.reason = reason;
  }
}

/** The supervisor was not alive, or ended before it answered. */
export class SupervisorDown extends Error {
  /** Stable, for programs. */
  readonly code = "supervisorDown";
  /** The class, for people. */
  override readonly name = "SupervisorDown";
  /** Who ended. */
  readonly supervisor: Pid;
  /** Why the supervisor ended; `"noproc"` when it was not alive. */
  readonly reason: ExitReason;

  /** Says that `supervisor` ended with `reason`. */
  constructor(supervisor: Pid, reason: ExitReason) {
    super(`Cannot ask ${supervisor}, which is down: ${formatReason(reason)}`);
    this.supervisor = supervisor;
    this.reason = reason;
  }
}

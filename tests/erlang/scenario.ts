/**
 * The scenario language: what both Erlang and `@rusm/otp` are told to do, one
 * command at a time, everything settling in between.
 *
 * Processes, monitors, aliases and supervisors are named by any number: it is
 * taken modulo how many there are when the command is carried out, so that
 * every scenario means something, and shrinks. They are numbered from 0 in the
 * order they were made, supervisors and their children among the processes.
 * Who does something is one of those that live, are no supervisors, and do not
 * wait in a receive; all others may have ended.
 *
 * @module
 */

/** What a process ends with, as both sides write it. */
export type Reason =
  | "normal"
  | "shutdown"
  | "kill"
  | "killed"
  | "noproc"
  | "oops"
  | "bye";

/** One of the names that processes are registered under. */
export type Name = "n0" | "n1";

/** What a receive takes out of the mailbox. */
export type Pattern =
  | { readonly type: "tag"; readonly tag: number }
  | { readonly type: "anyTag" }
  | { readonly type: "down"; readonly monitor: number }
  | { readonly type: "exit"; readonly from: number };

/** What the process `by` is told to do. */
export type Deed =
  & { readonly by: number }
  & (
    | {
      readonly type: "spawn";
      readonly how: "plain" | "link" | "monitor";
    }
    | { readonly type: "link"; readonly to: number }
    | { readonly type: "unlink"; readonly to: number }
    | { readonly type: "monitor"; readonly to: number }
    | {
      readonly type: "demonitor";
      readonly monitor: number;
      readonly flush: boolean;
    }
    | { readonly type: "trap"; readonly on: boolean }
    | { readonly type: "exit"; readonly to: number; readonly reason: Reason }
    | {
      readonly type: "end";
      readonly how: "return" | "exit" | "crash";
      readonly reason: Reason;
      /** Sent before the end. */
      readonly sends: readonly { readonly to: number; readonly tag: number }[];
    }
    | { readonly type: "send"; readonly to: number; readonly tag: number }
    | { readonly type: "sendName"; readonly name: Name; readonly tag: number }
    | {
      readonly type: "sendAlias";
      readonly alias: number;
      readonly tag: number;
    }
    | {
      readonly type: "receive";
      readonly pattern: Pattern;
      /** `after 0`, until a timeout that comes, and until one that does not. */
      readonly wait: "look" | "short" | "long";
    }
    /** Takes all messages, the oldest first. */
    | { readonly type: "flush" }
    | { readonly type: "alias"; readonly once: boolean }
    | { readonly type: "unalias"; readonly alias: number }
  );

/** A child of a supervisor. */
export interface ChildSpec {
  /** Names the child within its supervisor. */
  readonly id: string;
  /** See Erlang `supervisor:restart()`. */
  readonly restart: "permanent" | "transient" | "temporary";
  /**
   * `plain` does not trap exits; `obedient` does, and ends when its supervisor
   * asks it to; `stubborn` does, and has to be killed. `nested` is a supervisor
   * itself, of one obedient and permanent child called `x`, and bears one restart.
   */
  readonly kind: "plain" | "obedient" | "stubborn" | "nested";
  /** See Erlang `supervisor:shutdown()`. `timeout` is too short for nobody but a stubborn child. */
  readonly shutdown: "timeout" | "brutalKill" | "infinity";
  /** Whether its end may end the supervisor. */
  readonly significant: boolean;
  /** Which of its starts fail, counted from 1. */
  readonly fails: readonly number[];
}

/** How a supervisor is made. */
export interface SupervisorPlan {
  /** See Erlang `supervisor:strategy()`. */
  readonly strategy: "oneForOne" | "oneForAll" | "restForOne";
  /** Restarts that are borne. */
  readonly intensity: number;
  /** See Erlang `supervisor:auto_shutdown()`. */
  readonly autoShutdown: "never" | "anySignificant" | "allSignificant";
  /** In start order. */
  readonly children: readonly ChildSpec[];
}

/** How a dynamic supervisor is made. */
export interface DynamicPlan {
  /** Restarts that are borne. */
  readonly intensity: number;
  /** What all children are; its id is not used, and `fails` counts all starts together. */
  readonly child: ChildSpec;
}

/** What the driver does about supervisors. */
export type Supervising =
  | { readonly type: "supervise"; readonly plan: SupervisorPlan }
  | { readonly type: "superviseDynamic"; readonly plan: DynamicPlan }
  | {
    readonly type: "startChild";
    readonly supervisor: number;
    readonly spec: ChildSpec;
  }
  | {
    readonly type: "terminateChild" | "restartChild" | "deleteChild";
    readonly supervisor: number;
    readonly id: string;
  }
  | {
    readonly type: "whichChildren" | "countChildren";
    readonly supervisor: number;
  }
  | { readonly type: "startDynamic"; readonly supervisor: number }
  | {
    readonly type: "terminateDynamic";
    readonly supervisor: number;
    readonly process: number;
  }
  /** The parent of the supervisor asks it to exit; none that is nested. */
  | {
    readonly type: "stop";
    readonly supervisor: number;
    readonly reason: Reason;
  };

/** One step of a scenario. */
export type Command =
  | Deed
  | Supervising
  | { readonly type: "register"; readonly name: Name; readonly process: number }
  | { readonly type: "unregister"; readonly name: Name }
  | { readonly type: "whereis"; readonly name: Name }
  /** `exit(Process, kill)` from outside, of one that lives and is no supervisor. */
  | { readonly type: "kill"; readonly process: number };

/** What happens, from its beginning. */
export interface Scenario {
  /** Processes there are to begin with, at least 1. They do not trap exits. */
  readonly processes: number;
  /** In the order they are carried out. */
  readonly commands: readonly Command[];
}

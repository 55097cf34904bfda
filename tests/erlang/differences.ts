/**
 * Where `@rusm/otp` differs from Erlang, so far as scenarios can see it, and
 * how each difference is put out of sight. Nothing else is.
 *
 * | Erlang | `@rusm/otp` | here |
 * | --- | --- | --- |
 * | a process has one name | several | {@linkcode mayRegister} |
 * | any term is an exit reason | others than the known words are objects | {@linkcode toReason}, {@linkcode fromReason} |
 * | `badarg` | `false` | `try_badarg/1` in `scenario.erl` |
 * | `link/1` may throw `noproc` | an exit signal | `do({link, _})` in `scenario.erl` |
 * | `!` says nothing of the receiver | `send` says what it knows | not compared |
 * | `which_children/1` has the youngest first | the oldest | {@linkcode youngestFirst} |
 * | `count_children/1` of `simple_one_for_one` has one specification | one for each child | `answer(count_children, _, _)` in `scenario.erl` |
 * | `terminate_child/2` of `simple_one_for_one` answers `ok` for any process that has ended | `notFound`, as in Elixir | {@linkcode terminatedResult} |
 * | a child has started when its `start` returns | when it is spawned | scenarios have no child that traps exits beside one whose start fails |
 *
 * @module
 */

import type { ChildInfo, ExitReason, Pid, Runtime } from "@rusm/otp";
import type { Reason } from "./scenario.ts";

/** Whether Erlang lets a process have a name: when it has none. */
export function mayRegister(runtime: Runtime, pid: Pid): boolean {
  return runtime.names(pid).length === 0;
}

/** The exit reason that `word` stands for. */
export function toReason(word: Reason): ExitReason {
  const isOwn = word === "oops" || word === "bye";
  return isOwn ? { type: "exit", payload: word } : word;
}

/** The word for an exit reason; for all crashes it is `crashed`. */
export function fromReason(reason: ExitReason): string {
  if (typeof reason === "string") return reason;
  if (reason.type !== "exit") return reason.type;
  const { payload } = reason;
  return typeof payload === "string"
    ? payload
    : String((payload as { readonly type?: unknown } | null)?.type);
}

/** Children in the order of Erlang. */
export function youngestFirst(children: readonly ChildInfo[]): ChildInfo[] {
  return children.toReversed();
}

/** What requests are answered with. */
export interface Result {
  /** The tag. */
  readonly type: string;
  /** The child. */
  readonly pid?: Pid;
}

/** What Erlang answers where we answer `result`, when the end of a process is asked for that had ended or not. */
export function terminatedResult(result: Result, hadEnded: boolean): Result {
  const isNone = result.type === "notFound" && hadEnded;
  return isNone ? { type: "terminated" } : result;
}

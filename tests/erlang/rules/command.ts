/**
 * Commands, shortly.
 *
 * @module
 */

import type { Command, Reason, Scenario } from "../scenario.ts";

/** Reasons that some rule is about, and one that none is. */
export const REASONS: readonly Reason[] = [
  ...["normal", "shutdown", "kill", "killed", "noproc", "oops"] as const,
];

/** The end of process 0. */
export const KILL: Command = { type: "kill", process: 0 };
/** Process 0 takes all its messages. */
export const FLUSH: Command = { type: "flush", by: 0 };

/** `by` traps exits from now on. */
export function trap(by: number): Command {
  return { type: "trap", by, on: true };
}

/** `by` links itself with `to`. */
export function link(by: number, to: number): Command {
  return { type: "link", by, to };
}

/** `by` ends its link with `to`. */
export function unlink(by: number, to: number): Command {
  return { type: "unlink", by, to };
}

/** `by` monitors `to`. */
export function monitor(by: number, to: number): Command {
  return { type: "monitor", by, to };
}

/** `by` ends its first monitor. */
export function demonitor(by: number, flush = false): Command {
  return { type: "demonitor", by, monitor: 0, flush };
}

/** `by` asks `to` to exit. */
export function exit(by: number, to: number, reason: Reason): Command {
  return { type: "exit", by, to, reason };
}

/** `by` exits. */
export function end(by: number, reason: Reason): Command {
  return { type: "end", by, how: "exit", reason, sends: [] };
}

/** `by` crashes. */
export function crash(by: number): Command {
  return { type: "end", by, how: "crash", reason: "oops", sends: [] };
}

/** `by` sends a message. */
export function send(by: number, to: number, tag: number): Command {
  return { type: "send", by, to, tag };
}

/** `by` receives a message with one tag. */
export function receive(
  by: number,
  tag: number,
  wait: "look" | "short" | "long",
): Command {
  return { type: "receive", by, pattern: { type: "tag", tag }, wait };
}

/** `by` makes an alias. */
export function alias(by: number, once: boolean): Command {
  return { type: "alias", by, once };
}

/** `by` sends a message by the first alias. */
export function sendAlias(by: number, tag: number): Command {
  return { type: "sendAlias", by, alias: 0, tag };
}

/** Gives a process a name. */
export function register(name: "n0" | "n1", process: number): Command {
  return { type: "register", name, process };
}

/** Asks who has a name. */
export function whereis(name: "n0" | "n1"): Command {
  return { type: "whereis", name };
}

/** Rules with a row for each exit reason. */
export function eachReason(
  name: string,
  scenario: (reason: Reason) => Scenario,
): [string, Scenario][] {
  return REASONS.map((reason) => [`${name}: ${reason}`, scenario(reason)]);
}

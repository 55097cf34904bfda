/**
 * Which span what a guest does belongs to.
 *
 * It is that of the message received last, with which it travels as claims do, and
 * guests can neither see nor forge it; before, and behind messages that have none,
 * it is the one of the process itself.
 *
 * @module
 */

import type { Context, Metadata, Pid } from "@rusm/otp";
import { isTracing, type TraceParent } from "./telemetry.ts";

/** A process that acts. */
type Acting = Pick<Context<never>, "pid" | "metadata">;

/** Its key in {@linkcode Metadata}. */
const KEY = "traceparent";

// By the serials of processes that live; a thread has those of one scheduler.
const own = new Map<number, TraceParent>();

/** Notes the span of a process that begins. */
export function beginTrace({ serial }: Pid, trace: TraceParent): void {
  own.set(serial, trace);
}

/** Forgets the span of a process that has ended, if it had one. */
export function endTrace({ serial }: Pid): void {
  own.delete(serial);
}

/** The span that what `self` does belongs to; undefined when there is none. */
export function traceOf(self: Acting): TraceParent | undefined {
  if (!isTracing) return undefined;
  const told = self.metadata?.[KEY];
  return typeof told === "string" ? told : own.get(self.pid.serial);
}

/** The same without a span: what is spawned has its own. */
export function withoutTrace(
  metadata: Metadata | undefined,
): Metadata | undefined {
  if (!isTracing || metadata?.[KEY] === undefined) return metadata;
  const { [KEY]: _, ...rest } = metadata;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** What goes with whatever `self` sends. */
export function carriedBy(self: Acting): Metadata | undefined {
  const { metadata } = self;
  if (!isTracing) return metadata;
  const trace = traceOf(self);
  return trace === undefined ? metadata : { ...metadata, [KEY]: trace };
}

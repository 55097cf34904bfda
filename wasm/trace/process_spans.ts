/**
 * The spans of processes, from spawn to exit.
 *
 * @module
 */

import { type ExitReason, formatReason, type Pid } from "@rusm/otp";
import { beginSpan, type Span, type TraceParent } from "./telemetry.ts";

/**
 * The spans of processes that live. Only those have one that were spawned for
 * something that has: what a resident does of itself is no part of a request.
 */
export class ProcessSpans {
  readonly #spans = new Map<bigint, Span>();

  /** Begins the span of a process of `component` that is to be spawned for `trace`. */
  begin(component: string, trace: TraceParent): Span | undefined {
    return beginSpan(`process ${component}`, {
      parent: trace,
      attributes: { "rusm.component": component },
    });
  }

  /** Notes whose span it is; ends it when there is none. */
  spawned(pid: Pid | undefined, span: Span): void {
    if (pid === undefined) return span.end("no room for a process");
    span.set({ "rusm.pid": String(pid) });
    this.#spans.set(pid.toBigInt(), span);
  }

  /** Ends the span of a process that has ended, if it had one. */
  exited(pid: Pid, reason: ExitReason): void {
    if (this.#spans.size === 0) return;
    const key = pid.toBigInt();
    this.#spans.get(key)?.end(failureOf(reason));
    this.#spans.delete(key);
  }
}

function failureOf(reason: ExitReason): string | undefined {
  const isGood = reason === "normal" || reason === "shutdown";
  return isGood ? undefined : formatReason(reason);
}

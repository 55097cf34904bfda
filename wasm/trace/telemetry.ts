/**
 * Spans, by the OpenTelemetry that is built into Deno. This file is the only one
 * that names it.
 *
 * Deno has it when the program was started with `OTEL_DENO=true`, in all its
 * threads. It makes spans of requests that come in and of `fetch` by itself;
 * ours are between those.
 *
 * @module
 */

import { formatTraceParent, parseTraceParent } from "./trace_parent.ts";

/** Names a span to what it causes: a `traceparent` of W3C Trace Context. */
export type TraceParent = string;

/** What a span says of itself. */
export type Attributes = Readonly<Record<string, string | number>>;

/** What a span is begun with. */
export interface SpanOptions {
  /** The span that caused it; it is the first of a trace when there is none, or it cannot be read. */
  readonly parent: TraceParent | undefined;
  /** `"internal"` when absent. */
  readonly kind?: "internal" | "server" | "client";
  /** What it says of itself. */
  readonly attributes?: Attributes;
}

/** A piece of work, that is under way. */
export interface Span {
  /** Names it to what it causes. */
  readonly traceParent: TraceParent;
  /** Says something of it. */
  set(attributes: Attributes): void;
  /** Ends it. @param failure Why it went wrong; it went well when absent. */
  end(failure?: string): void;
}

/** As much as is used of the API of OpenTelemetry. */
interface OtelSpan {
  spanContext(): { traceId: string; spanId: string; traceFlags: number };
  setAttribute(name: string, value: string | number): void;
  updateName(name: string): void;
  setStatus(status: { code: number; message: string }): void;
  end(): void;
}

interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

interface Tracer {
  startSpan(name: string, options: object, context: OtelContext): OtelSpan;
}

// Both are those of the package `@opentelemetry/api`.
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const KINDS = { internal: 0, server: 1, client: 2 } as const;
const ERROR = 2;

/** Length of what a span says went wrong, in UTF-16 code units: a guest chooses the text. */
const FAILURE_CHARS_MAX = 256;

const tracer = findTracer();

/** Whether spans are made. It never changes. */
export const isTracing: boolean = tracer !== undefined;

function findTracer(): Tracer | undefined {
  const tracer: Tracer = Deno.telemetry.tracerProvider.getTracer("rusm");
  try {
    // Never ended, so nobody hears of it.
    tracer.startSpan("probe", { root: true }, active());
    return tracer;
  } catch {
    // This is how one learns that it is off.
    return undefined;
  }
}

function active(): OtelContext {
  return Deno.telemetry.contextManager.active();
}

/** Begins a span; undefined when none are made. */
export function beginSpan(
  name: string,
  { parent, kind = "internal", attributes = {} }: SpanOptions,
): Span | undefined {
  if (tracer === undefined) return undefined;
  const context = parent === undefined ? undefined : contextOf(parent);
  const options = {
    kind: KINDS[kind],
    attributes,
    root: context === undefined,
  };
  const span = tracer.startSpan(name, options, context ?? active());
  return {
    traceParent: formatTraceParent(span.spanContext()),
    set: (attributes) => describe(span, attributes),
    end(failure) {
      if (failure !== undefined) {
        const message = failure.slice(0, FAILURE_CHARS_MAX);
        span.setStatus({ code: ERROR, message });
      }
      span.end();
    },
  };
}

// One that cannot be read is none.
function contextOf(parent: TraceParent): OtelContext | undefined {
  const context = parseTraceParent(parent);
  if (context === undefined) return undefined;
  const spanContext = () => ({ ...context, isRemote: true });
  return active().setValue(SPAN_KEY, { spanContext });
}

function describe(span: OtelSpan, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    span.setAttribute(name, value);
  }
}

/** The span that Deno has begun for the request that is being answered; undefined outside of one. */
export function currentTrace(): TraceParent | undefined {
  const span = currentSpan();
  return span && formatTraceParent(span.spanContext());
}

function currentSpan(): OtelSpan | undefined {
  if (tracer === undefined) return undefined;
  return active().getValue(SPAN_KEY) as OtelSpan | undefined;
}

/** Names the span of {@linkcode currentTrace}, and says something of it. Does nothing when there is none. */
export function describeCurrent(name: string, attributes: Attributes): void {
  const span = currentSpan();
  if (span === undefined) return;
  span.updateName(name);
  describe(span, attributes);
}

/** Calls `act`, of which all that Deno makes spans of is caused by `trace`. */
export function inTrace<Value>(
  trace: TraceParent | undefined,
  act: () => Value,
): Value {
  if (trace === undefined || tracer === undefined) return act();
  const context = contextOf(trace) ?? active();
  return Deno.telemetry.contextManager.with(context, act);
}

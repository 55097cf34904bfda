/**
 * The span of a request, which Deno makes, and what we know of it.
 *
 * @module
 */

import { currentTrace, describeCurrent, type TraceParent } from "@rusm/wasm";

/** What is known of a request that somebody answers. */
export interface RequestFacts {
  /** As the client wrote it. */
  readonly method: string;
  /** Name of the component that answers. */
  readonly component: string;
  /** Method and pattern of its route; undefined without routes. */
  readonly routeKey: string | undefined;
  /** Names the request in other logs; undefined without one. */
  readonly requestId: string | undefined;
}

/** Names the span of the request that is being answered by its route. Returns the span, if there is one. */
export function traceRequest(
  { method, component, routeKey, requestId }: RequestFacts,
): TraceParent | undefined {
  const trace = currentTrace();
  if (trace === undefined) return undefined;
  const pattern = routeKey?.slice(routeKey.indexOf(" ") + 1);
  describeCurrent(pattern === undefined ? method : `${method} ${pattern}`, {
    "rusm.component": component,
    ...pattern === undefined ? {} : { "http.route": pattern },
    ...requestId === undefined ? {} : { "rusm.request_id": requestId },
  });
  return trace;
}

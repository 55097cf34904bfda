/**
 * What a node tells those who look after it.
 *
 * @module
 */

import type { SchedulerInfo } from "@rusm/wasm";
import { answer } from "../answer.ts";
import { expositionFor } from "./exposition.ts";
import type { Family } from "./family.ts";
import { healthOf, type Phase, readinessOf, type Verdict } from "./health.ts";

/** A node that can be looked at. */
export interface Observed {
  /** What it is doing. */
  phase(): Phase;
  /** The schedulers of its guests. */
  schedulers(): readonly SchedulerInfo[];
  /** What it has counted. */
  families(): readonly Family[];
}

/**
 * Answers a request to the admin listener of `node`.
 *
 * | path | answer |
 * | --- | --- |
 * | `/healthz` | 200 when the node works; see {@linkcode healthOf} |
 * | `/readyz` | 200 when it should be sent requests, else 503 |
 * | `/metrics` | its metrics, for Prometheus |
 */
export function answerAdmin(
  node: Observed,
  { method, url, headers }: Pick<Request, "method" | "url" | "headers">,
): Response {
  const respond = PATHS.get(pathOf(url));
  if (respond === undefined) return answer(404);
  if (method !== "GET" && method !== "HEAD") {
    return answer(405, { allow: "GET, HEAD" });
  }
  const { status, text, type } = respond(node, headers.get("accept"));
  return new Response(method === "HEAD" ? null : text, {
    status,
    headers: { "content-type": type, "cache-control": "no-store" },
  });
}

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

const PATHS: ReadonlyMap<
  string,
  (node: Observed, accept: string | null) => Answered
> = new Map([
  ["/healthz", (node) => json(healthOf(node.schedulers()))],
  ["/readyz", (node) => json(readinessOf(node.phase()))],
  ["/metrics", (node, accept) => {
    const { contentType: type, format } = expositionFor(accept);
    return { status: 200, text: format(node.families()), type };
  }],
]);

function json(verdict: Verdict): Answered {
  return { ...verdict, type: "application/json" };
}

// The URL is absolute: scheme and host end at the third slash.
function pathOf(url: string): string {
  const at = url.indexOf("/", url.indexOf("//") + 2);
  return at < 0 ? "" : url.slice(at).split("?", 1)[0]!;
}

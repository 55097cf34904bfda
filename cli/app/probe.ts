/**
 * How to try what an app serves.
 *
 * @module
 */

import type { Listener, Route, RouteTable, Segment } from "@rusm/serve";
import type { Protocol } from "../templates.ts";

/** What talks to a listener, on the command line. */
const CLIENTS: Readonly<Record<Protocol, string>> = {
  http: "curl",
  ws: "websocat",
  sse: "curl -N",
};

/**
 * A shell command that asks a listener for something that it answers: of its
 * routes the first for `GET`, one without parameters if there is one.
 *
 * @param url Where the listener is, without a slash at the end.
 */
export function probeOf(
  { protocol, target }: Pick<Listener, "protocol" | "target">,
  url: string,
): string {
  const path = typeof target === "string" ? "" : pathIn(target);
  return `${CLIENTS[protocol]} ${url}${path}`;
}

function pathIn({ routes }: RouteTable): string {
  const gets = routes.filter(({ method }) => method === "GET");
  const { segments } = gets.find(isLiteral) ?? gets[0] ?? { segments: [] };
  return segments.map((segment) => `/${encodeURIComponent(textOf(segment))}`)
    .join("");
}

function isLiteral({ segments }: Route): boolean {
  return segments.every(({ type }) => type === "literal");
}

// Whatever stands in place of a parameter is taken; its name says what it is.
function textOf(segment: Segment): string {
  switch (segment.type) {
    case "literal":
      return segment.text;
    case "param":
      return segment.name;
    case "wildcard":
      return "any";
  }
}

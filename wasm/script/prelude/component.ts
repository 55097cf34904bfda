/**
 * The component: what it exports, and what that makes of it.
 *
 * @module
 */

import type { ComponentAbilities } from "../ops.ts";
import { type Authenticate, hookOf } from "./authentication.ts";
import { type Driver, driverOf } from "./connected.ts";
import { library } from "./libraries.ts";
import type { Request } from "./http/request.ts";
import type { Operation } from "./service.ts";

/** What a handler gets beside the request. */
export interface Context {
  /** What the route's pattern matched, by name. */
  params: Record<string, string>;
  /** The route's action, if it has one. */
  action: string | null;
}

/** Answers requests. */
export type Handler = (request: Request, context: Context) => unknown;

/** What a component exports, as the entry points need it. */
export interface Component {
  /** Answers requests; undefined when it cannot. */
  handler: Handler | undefined;
  /** What runs once; undefined when there is none. */
  main: (() => unknown) | undefined;
  /** What serves connections; undefined when it serves none. */
  driver: Driver | undefined;
  /** What decides who may make requests; undefined when it does not. */
  hook: Authenticate | undefined;
  /** Its functions with names of their own. */
  functions: Map<string, Operation>;
}

/** The component of this image. */
export const own: Component = {
  ...{ handler: undefined, main: undefined },
  ...{ driver: undefined, hook: undefined },
  functions: new Map(),
};

const { stringify } = JSON;

/** See `GuestEntry.component`. */
export function component(exports: unknown): string {
  // A bundle of plain CommonJS may be its function.
  const { default: exported = exports, fetch } = Object(exports);
  own.driver = driverOf(exported);
  own.hook = hookOf(exported);
  if (typeof exported === "function") own.handler = own.main = exported;
  else if (typeof exported?.fetch === "function") {
    own.handler = (request, context) => exported.fetch(request, context);
  } else if (typeof fetch === "function") own.handler = fetch;
  for (const [name, value] of Object.entries(Object(exports))) {
    if (name !== "default" && typeof value === "function") {
      own.functions.set(name, value as Operation);
    }
  }
  // Each process that answers would evaluate it otherwise.
  if (own.handler !== undefined) library("http");
  return stringify(abilities());
}

function abilities(): ComponentAbilities {
  const { handler, functions } = own;
  return {
    answers: handler !== undefined,
    functions: [...functions.keys()],
    runs: runs(),
  };
}

/** What a process does that `run` begins: the first of these that there is. */
export function runs(): ComponentAbilities["runs"] {
  if (own.driver !== undefined) return own.driver.kind;
  if (own.hook !== undefined) return "authentication";
  if (own.functions.size > 0) return "service";
  return own.main === undefined ? null : "worker";
}

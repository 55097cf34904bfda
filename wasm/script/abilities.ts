/**
 * What a component can do, as its image knows it.
 *
 * @module
 */

import type { ComponentAbilities, HostValue } from "./ops.ts";

const RUNS = [
  ...["websocket", "sse", "authentication", "service", "worker"] as const,
];

/**
 * Reads what an image says of itself. A guest can have had a hand in it: what is
 * no part of an answer is left out, and then the component can do less.
 */
export function readAbilities(json: HostValue): ComponentAbilities {
  const { answers, functions, runs }: Said = typeof json === "string"
    ? Object(JSON.parse(json))
    : {};
  return {
    answers: answers === true,
    functions: Array.isArray(functions) ? functions.filter(isText) : [],
    runs: RUNS.find((each) => each === runs) ?? null,
  };
}

type Said = Partial<Record<keyof ComponentAbilities, unknown>>;

function isText(value: unknown): value is string {
  return typeof value === "string";
}

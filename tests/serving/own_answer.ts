/**
 * The node's own answers, which say no more than their status.
 *
 * @module
 */

import { strictEqual } from "node:assert";

// deno-fmt-ignore
const TEXTS: Readonly<Record<number, string>> = {
  400: "bad request", 401: "unauthorized", 404: "not found", 405: "method not allowed",
  408: "request timeout", 413: "content too large",
  500: "internal server error", 502: "bad gateway",
  503: "service unavailable", 504: "gateway timeout",
};

/** Checks that `response` is the node's own, with nothing of the inside in it. */
export async function checkOwn(
  response: Response,
  status: number,
): Promise<void> {
  strictEqual(response.status, status);
  strictEqual(await response.text(), `${TEXTS[status]}\n`);
  strictEqual(response.headers.get("content-type"), "text/plain;charset=UTF-8");
  const expected = [
    "connection",
    "content-length",
    "content-type",
    "date",
    "x-request-id",
  ];
  const names = [...response.headers.keys()];
  const others = names.filter((name) => !expected.includes(name));
  const own = {
    405: ["allow"],
    400: ["connection"],
    401: ["www-authenticate"],
    408: ["connection"],
    413: ["connection"],
    503: ["retry-after"],
  };
  for (const name of others) {
    strictEqual(own[status as keyof typeof own]?.includes(name), true, name);
  }
}

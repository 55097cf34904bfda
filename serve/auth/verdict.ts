/**
 * What a hook says of a request.
 *
 * @module
 */

import { type Claims, readClaims } from "./claims.ts";

/** What becomes of a request. Only what is allowed goes on. */
export type Verdict =
  /** It goes on, with what is known of who made it. */
  | { readonly type: "allowed"; readonly claims: Claims }
  /** It is refused; `fault` says why when it is the hook's, and not the request's. */
  | { readonly type: "denied"; readonly fault?: string }
  /** Nobody was asked: too much is asked already. */
  | { readonly type: "busy" };

/** The hook has said no. */
export const DENIED: Verdict = Object.freeze({ type: "denied" });

/** The hook has not said what a hook says: that is no. */
export function faulty(fault: string): Verdict {
  return { type: "denied", fault };
}

/**
 * Reads what a hook has answered. Nothing allows but `{"allow": {…}}` alone, with
 * texts as claims; `null`, `false` and `{"deny": …}` are how to deny.
 *
 * @param json Can be anything.
 *
 * @see RUSM, authentication hooks. Differs: there, claims that are no text are
 * left out, and the rest allows.
 */
export function readVerdict(json: string): Verdict {
  const value = parse(json);
  if (value === undefined) return faulty("what it answers is no JSON");
  if (value === null || value === false) return DENIED;
  const keys = typeof value === "object" ? Object.keys(value) : [];
  if (keys.join() === "deny") return DENIED;
  if (keys.join() !== "allow") {
    return faulty("it answers neither allow nor deny");
  }
  const read = readClaims((value as { allow: unknown }).allow);
  if (read.type === "invalid") return faulty(read.why);
  return { type: "allowed", claims: read.claims };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // This is how one learns that it is none.
    return undefined;
  }
}

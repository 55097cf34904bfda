/**
 * What a client gets whose request does not go on.
 *
 * @module
 */

import { answer, unavailable } from "../answer.ts";
import type { AuthenticationRules, Authenticator } from "./authentication.ts";
import { DENIED, type Verdict } from "./verdict.ts";

/** Denies everything: where nobody can be asked nobody is let in. */
export const NO_HOOKS: Authenticator = {
  authenticate: () => Promise.resolve(DENIED),
};

/** The response to a request that was not allowed. It tells nothing of what there is. */
export function refusalOf(
  { type }: Exclude<Verdict, { type: "allowed" }>,
  { challenge }: AuthenticationRules,
): Response {
  return type === "busy"
    ? unavailable()
    : answer(401, { "www-authenticate": challenge });
}

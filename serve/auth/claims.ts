/**
 * Claims: what is known of who made a request.
 *
 * @module
 */

import type { Metadata } from "@rusm/otp";
import { CLAIM_CHARS_MAX, CLAIMS_MAX } from "../limits.ts";

/** What a hook knows of who made a request, such as its tenant. Frozen. */
export type Claims = Readonly<Record<string, string>>;

/** The key among what travels with messages. */
const KEY = "claims";

/** What travels with all that is done for a request of somebody with `claims`. */
export function metadataOf(claims: Claims): Metadata {
  return Object.freeze({ [KEY]: claims });
}

/**
 * The claims that travel with a message; `undefined` when none do. Guests can
 * neither see nor forge them: whoever made the request has them.
 *
 * @param metadata As `Context.metadata` has it.
 *
 * @example A process of the host tells tenants apart
 * ```ts
 * import { Runtime } from "@rusm/otp";
 * import { claimsOf } from "@rusm/serve";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const { pid, join } = runtime.spawn<string>(async (self) => {
 *   await self.receive();
 *   strictEqual(claimsOf(self.metadata)?.tenant, "acme");
 * });
 * // As what a guest sends does, while it handles a request of that tenant.
 * const metadata = { claims: { tenant: "acme" } };
 * runtime.send(pid, "save", { metadata });
 * ```
 */
export function claimsOf(metadata: Metadata | undefined): Claims | undefined {
  return metadata?.[KEY] as Claims | undefined;
}

/** Claims, or what is wrong with them, in a few words. */
export type ClaimsResult =
  | { readonly type: "claims"; readonly claims: Claims }
  | { readonly type: "invalid"; readonly why: string };

/**
 * Checks what a hook gives as claims: an object of a few short texts. They go
 * with every message, so their size is bounded. Takes anything, and copies it.
 */
export function readClaims(value: unknown): ClaimsResult {
  if (!isPlain(value)) return invalid("its claims are no object");
  const entries = Object.entries(value);
  if (entries.length > CLAIMS_MAX) {
    return invalid(`it has more than ${CLAIMS_MAX} claims`);
  }
  let chars = 0;
  for (const [name, claim] of entries) {
    // Not its value: what was claimed is nobody's to read in a log.
    if (typeof claim !== "string") {
      return invalid(`its claim ${JSON.stringify(name)} is no text`);
    }
    chars += name.length + claim.length;
  }
  if (chars > CLAIM_CHARS_MAX) {
    return invalid(`its claims have more than ${CLAIM_CHARS_MAX} characters`);
  }
  const claims = Object.fromEntries(entries) as Record<string, string>;
  return { type: "claims", claims: Object.freeze(claims) };
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function invalid(why: string): ClaimsResult {
  return { type: "invalid", why };
}

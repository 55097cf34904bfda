/**
 * `Accept-Encoding`: which content coding a client is answered in.
 *
 * @module
 */

/** A content coding that the node makes, or finds in a file. */
export type Coding = "br" | "gzip" | "zstd";

/** Every one, in the order in which they are preferred. */
export const CODINGS: readonly Coding[] = ["zstd", "br", "gzip"];

/** What a client takes. */
export interface Accepted {
  /** The preferred one; `undefined` when it is to be as it is. */
  readonly coding: Coding | undefined;
  /** Whether the client takes no body as it is. */
  readonly refusesIdentity: boolean;
}

/**
 * Chooses the coding with the highest weight, and of those with the same the
 * first of `offered`. A client that says nothing takes all as it is, and so
 * does one that takes nothing that there is: that is better than nothing.
 *
 * @param header `undefined` when the request has none.
 * @see RFC 9110, section 12.5.3.
 */
export function acceptCoding(
  header: string | undefined,
  offered: readonly Coding[],
): Accepted {
  const weights = parseWeights(header ?? "");
  const rest = weights.get("*");
  const identity = weights.get("identity") ?? rest ?? 1;
  let coding: Coding | undefined;
  let most = 0;
  for (const offer of offered) {
    const weight = weights.get(offer) ?? rest ?? 0;
    if (weight > most) [coding, most] = [offer, weight];
  }
  const named = weights.get("identity");
  const isPreferred = named !== undefined && named > most;
  return {
    coding: isPreferred ? undefined : coding,
    refusesIdentity: identity === 0,
  };
}

function parseWeights(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(",")) {
    const [, name, weight = "1"] = ITEM.exec(item) ?? [];
    if (name === undefined) continue;
    weights.set(name === "x-gzip" ? "gzip" : name, Number(weight));
  }
  return weights;
}

const ITEM =
  /^[\t ]*([!#$%&'*+.^_`|~0-9a-z-]+)[\t ]*(?:;[\t ]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[\t ]*)?$/;

/**
 * Rewrites modules that are cut off or changed at random.
 *
 * @module
 */

import { NotRewritable } from "../../wasm/instrument/errors.ts";
import { rewrite, type Rewritten } from "../../wasm/instrument/rewrite.ts";
import { WIDE_CAPS } from "./sides.ts";

/** A module for which the rewriter did what it must not. */
export interface Fault {
  /** Name of the module. */
  readonly path: string;
  /** Which mutation it was: with the name, it gives the same bytes again. */
  readonly nth: number;
  /** What the rewriter did. */
  readonly message: string;
}

/** What came of the mutations of some modules. */
export interface MutationReport {
  /** How many modules were rewritten, the originals included. */
  readonly tried: number;
  /** How many of them the engine takes. */
  readonly valid: number;
  /** How many of those the rewriter refused, by why. */
  readonly refused: ReadonlyMap<string, number>;
  /** Where it went wrong. */
  readonly faults: readonly Fault[];
}

/**
 * Rewrites each module, and `count` mutations of each.
 *
 * The rewriter must either refuse, with {@linkcode NotRewritable}, or give what
 * the engine takes just if it takes the module. Why it refuses what the engine
 * takes is counted.
 */
export function rewriteMutations(
  modules: Iterable<readonly [path: string, bytes: Uint8Array<ArrayBuffer>]>,
  count: number,
  rewriter: typeof rewrite = rewrite,
): MutationReport {
  const refused = new Map<string, number>();
  const faults: Fault[] = [];
  let tried = 0;
  let valid = 0;
  for (const [path, bytes] of modules) {
    for (let nth = 0; nth <= count; nth++, tried++) {
      const mutated = mutate(path, bytes, nth);
      const isValid = WebAssembly.validate(mutated);
      if (isValid) valid++;
      const made = attempt(rewriter, mutated, nth % 2 === 0 ? 1_024 : 0);
      const message = faultIn(made, isValid);
      if (message !== undefined) faults.push({ path, nth, message });
      if (made instanceof NotRewritable && isValid) tally(refused, made);
    }
  }
  return { tried, valid, refused, faults };
}

const HEADER_BYTES = 8;

/** The mutation `nth` of a module: the module itself for 0, else one that is cut off or has up to three other bytes. */
export function mutate(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  nth: number,
): Uint8Array<ArrayBuffer> {
  if (nth === 0) return bytes;
  const draw = drawer(`${path} ${nth}`);
  const room = Math.max(bytes.length - HEADER_BYTES, 1);
  if (nth % 4 === 0) return bytes.slice(0, HEADER_BYTES + draw(room));
  const mutated = bytes.slice();
  for (let left = draw(3); left >= 0; left--) {
    mutated[HEADER_BYTES + draw(room)] = draw(256);
  }
  return mutated;
}

/** Numbers below a bound, that are the same for the same seed. */
function drawer(seed: string): (bound: number) => number {
  let state = 0x811c9dc5;
  for (const letter of seed) {
    state = Math.imul(state ^ letter.codePointAt(0)!, 0x01000193);
  }
  return (bound) => {
    state = state + 0x9e3779b9 | 0;
    let mixed = Math.imul(state ^ state >>> 16, 0x21f0aaad);
    mixed = Math.imul(mixed ^ mixed >>> 15, 0x735a2d97);
    return ((mixed ^ mixed >>> 15) >>> 0) % bound;
  };
}

function attempt(
  rewriter: typeof rewrite,
  bytes: Uint8Array<ArrayBuffer>,
  straightBytesMax: number,
): Rewritten | Error {
  try {
    const how = { straightBytesMax, isCompiled: true };
    return rewriter(bytes, { ...WIDE_CAPS, ...how });
  } catch (error) {
    // What it throws is what is being asked for.
    return error as Error;
  }
}

function faultIn(
  made: Rewritten | Error,
  isValid: boolean,
): string | undefined {
  if (made instanceof NotRewritable) return undefined;
  if (made instanceof Error) return `Threw ${made}`;
  if (WebAssembly.validate(made.bytes) === isValid) return undefined;
  return isValid
    ? "Gave what the engine refuses"
    : "Rewrote what the engine refuses";
}

function tally(
  reasons: Map<string, number>,
  { message }: NotRewritable,
): void {
  const reason = message.replace(/: .*/, "").replace(/\d+/g, "N");
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

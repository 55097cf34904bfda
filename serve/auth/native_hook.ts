/**
 * Hooks in the code of the host.
 *
 * @module
 */

import { crashOf, type Host } from "@rusm/otp";
import { type Claims, readClaims } from "./claims.ts";
import type { AuthenticationRequest } from "./request.ts";
import { DENIED, faulty, type Verdict } from "./verdict.ts";

/**
 * Decides over a request: it returns the claims of who made it, or `undefined` to
 * deny. Who throws, or rejects, denies.
 *
 * @param signal Aborts when the time is over, and nobody waits any more.
 */
export type NativeHook = (
  request: AuthenticationRequest,
  signal: AbortSignal,
) => Claims | undefined | Promise<Claims | undefined>;

/** A verdict, and when the hook is done. */
export interface NativeAnswer {
  /** Comes in time. Never rejects. */
  readonly verdict: Promise<Verdict>;
  /** Resolves when the hook has settled, which may be never. */
  readonly done: Promise<unknown>;
}

/** Asks a hook, and waits for so long. */
export function askNative(
  host: Pick<Host, "timer">,
  hook: NativeHook,
  request: AuthenticationRequest,
  timeoutMs: number,
): NativeAnswer {
  const { promise: late, resolve } = Promise.withResolvers<Verdict>();
  const controller = new AbortController();
  const stop = host.timer(timeoutMs, () => {
    controller.abort();
    resolve(faulty(`no answer in ${timeoutMs} ms`));
  });
  const done = decide(hook, request, controller.signal).finally(stop);
  return { verdict: Promise.race([done, late]), done };
}

async function decide(
  hook: NativeHook,
  request: AuthenticationRequest,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const claims = await hook(request, signal);
    if (claims === undefined || claims === null) return DENIED;
    const read = readClaims(claims);
    return read.type === "invalid"
      ? faulty(read.why)
      : { type: "allowed", claims: read.claims };
  } catch (error) {
    // The hook's own code: it cannot say yes by failing.
    const { name, message } = crashOf(error);
    return faulty(`it threw ${name}: ${message}`);
  }
}

/**
 * Who may make requests: hooks, and how they are asked.
 *
 * @module
 */

import type { Pid, Runtime } from "@rusm/otp";
import { AUTHENTICATIONS_MAX, FAULT_QUIET_MS } from "../limits.ts";
import type { Log } from "../log.ts";
import { askGuest } from "./guest_hook.ts";
import { askNative, type NativeHook } from "./native_hook.ts";
import type { AuthenticationRequest } from "./request.ts";
import { faulty, type Verdict } from "./verdict.ts";

/** What a listener says of authentication. */
export interface AuthenticationRules {
  /** Name of the hook that is asked. */
  readonly hook: string;
  /** How long it has, in milliseconds; at least 1. */
  readonly timeoutMs: number;
  /** What a client is told to authenticate by: the header `www-authenticate` of a 401. */
  readonly challenge: string;
}

/** Asks the hooks of an app. */
export interface Authenticator {
  /**
   * Has a hook decide over a request. What fails, is late or makes no sense
   * denies.
   *
   * @returns Never rejects.
   */
  authenticate(
    rules: AuthenticationRules,
    request: AuthenticationRequest,
  ): Promise<Verdict>;
}

/** What hooks are asked with. */
export interface AuthenticationParts {
  /** Runs the native halves. */
  readonly runtime: Runtime;
  /** Hooks of the host, by name. They come before guests of the same name. */
  readonly natives: ReadonlyMap<string, NativeHook>;
  /** The guest that was started last for a hook, which may have ended. */
  guestOf(hook: string): Pid | undefined;
  /** Told what is wrong with hooks, now and then. */
  readonly log: Pick<Log, "error">;
}

/** The hooks of an app. Each has `AUTHENTICATIONS_MAX` requests before it at most. */
export class Authentication implements Authenticator {
  readonly #parts: AuthenticationParts;
  readonly #counts = new Map<string, number>();
  // When it was told last of the faults of a hook.
  readonly #toldAtMs = new Map<string, number>();

  /** Nobody was asked yet. */
  constructor(parts: AuthenticationParts) {
    this.#parts = parts;
  }

  /** See {@linkcode Authenticator.authenticate}. */
  async authenticate(
    { hook, timeoutMs }: AuthenticationRules,
    request: AuthenticationRequest,
  ): Promise<Verdict> {
    const count = this.#counts.get(hook) ?? 0;
    if (count >= AUTHENTICATIONS_MAX) return { type: "busy" };
    this.#counts.set(hook, count + 1);
    const { verdict, done } = this.#ask(hook, request, timeoutMs);
    done.finally(() => this.#counts.set(hook, this.#counts.get(hook)! - 1));
    const said = await verdict;
    if (said.type === "denied" && said.fault !== undefined) {
      this.#tell(hook, said.fault);
    }
    return said;
  }

  #ask(
    hook: string,
    request: AuthenticationRequest,
    timeoutMs: number,
  ): { readonly verdict: Promise<Verdict>; readonly done: Promise<unknown> } {
    const { runtime, natives, guestOf } = this.#parts;
    const native = natives.get(hook);
    if (native !== undefined) {
      return askNative(runtime.host, native, request, timeoutMs);
    }
    const guest = guestOf(hook);
    const verdict = guest === undefined
      ? Promise.resolve(faulty("it does not run"))
      : askGuest(runtime, { hook: guest, request, timeoutMs });
    return { verdict, done: verdict };
  }

  #tell(hook: string, fault: string): void {
    const nowMs = this.#parts.runtime.host.now();
    const toldAtMs = this.#toldAtMs.get(hook) ?? -Infinity;
    if (nowMs - toldAtMs < FAULT_QUIET_MS) return;
    this.#toldAtMs.set(hook, nowMs);
    this.#parts.log.error(
      `Cannot ask the authentication hook "${hook}": ${fault}`,
    );
  }
}

/**
 * Starting servers, and waiting until they are ready.
 *
 * @module
 */

import type { Protocol } from "./call.ts";
import type { Context, SpawnOptions } from "./context.ts";
import { StartFailed, StartTimeout } from "./errors.ts";
import { type ProcessHandle, Runtime } from "./runtime.ts";
import { serve, type ServerMessage, type ServerSpec } from "./server.ts";
import { spawnTied, type Tied } from "./tied.ts";
import { checkDelay } from "./timer.ts";

/** How {@linkcode startServer} starts a server. */
export interface StartServerOptions extends SpawnOptions {
  /** Milliseconds that `init` may take; without end when absent. */
  readonly timeoutMs?: number;
}

/** The part of a {@linkcode Context} that a process shows to start a server. */
export type Starter = Pick<Context<never>, "pid" | "runtime" | "signal">;

/**
 * Starts a server and waits until its `init` is done.
 *
 * A process that starts one is linked to it once it is ready, and is its
 * {@linkcode Context.parent}. Until then the server is killed when the process
 * ends, and the rejection is all that the process hears of a failure.
 *
 * @param starter The process that the server is linked to, or the runtime for
 * one that is linked to none.
 * @returns The server. Rejects with {@linkcode StartFailed} when it ends before
 * it is ready, and with {@linkcode StartTimeout} when it is killed because
 * `timeoutMs` are over.
 * @throws {RangeError} `timeoutMs` is negative, not a number, or too long; or
 * see {@linkcode Runtime.spawn}.
 *
 * @see OTP `gen_server:start_link/3` and `start/3`. Differs: a failed start
 * sends no exit signal.
 *
 * @example
 * ```ts
 * import { Runtime, startServer } from "@rusm/otp";
 * import { rejects } from "node:assert";
 *
 * const runtime = new Runtime();
 * await rejects(
 *   startServer(runtime, {
 *     init: () => ({ type: "stop", reason: "shutdown" }),
 *     handleCall: {},
 *   }),
 *   { code: "startFailed", reason: "shutdown" },
 * );
 * ```
 */
export function startServer<
  Self extends Protocol<Self>,
  State,
  Cast = never,
  Info = never,
>(
  starter: Starter | Runtime,
  spec: ServerSpec<Self, State, Cast, Info>,
  options: StartServerOptions = {},
): Promise<ProcessHandle<ServerMessage<Self, Cast, Info>>> {
  const { timeoutMs, ...spawnOptions } = options;
  if (timeoutMs !== undefined) checkDelay(timeoutMs);
  const isFree = starter instanceof Runtime;
  const runtime = isFree ? starter : starter.runtime;
  const owner = isFree ? undefined : starter.pid;
  return new Promise((resolve, reject) => {
    type Message = ServerMessage<Self, Cast, Info>;
    const start = (self: Context<Message>): Promise<void> =>
      serve(self, spec, () => tied.release(() => ready(self)));
    const tied: Tied<Message> = spawnTied(
      runtime,
      owner,
      { start },
      spawnOptions,
    );
    function ready(self: Context<Message>): void {
      if (owner !== undefined) self.link(owner);
      resolve(tied.handle);
    }
    tied.onExit((reason) => reject(new StartFailed(reason)));
    if (timeoutMs === undefined) return;
    tied.killAfter(timeoutMs, () => reject(new StartTimeout(timeoutMs)));
  });
}

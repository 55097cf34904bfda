/**
 * The client that waits for what this process answers.
 *
 * @module
 */

import { OPS } from "../../ops.ts";
import type { AbortSignal } from "../events/abort.ts";
import { core } from "../linked.ts";

const { library, startOperation } = core;

let signal: AbortSignal | undefined;

/**
 * A signal that aborts with an AbortError when the client has gone, the same one
 * each time. The host is asked only when somebody wants it.
 */
export function clientSignal(): AbortSignal {
  return signal ??= makeSignal();
}

function makeSignal(): AbortSignal {
  const controller = library("events").makeController();
  abortWith(controller, startOperation(OPS.clientWatch).settled);
  return controller.signal;
}

async function abortWith(
  controller: { abort(reason: unknown): void },
  gone: Promise<unknown>,
): Promise<void> {
  await gone;
  controller.abort(new DOMException("The client has gone", "AbortError"));
}

/**
 * Ctrl-C and its kin.
 *
 * @module
 */

/** The user, or the system, wants it to stop. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** What the shell expects of a program that a signal stopped. */
  readonly exitCode: number;

  /** @param exitCode 128 and the number of the signal. */
  constructor(signal: Deno.Signal, exitCode: number) {
    super(`Stopped by ${signal}`);
    this.exitCode = exitCode;
  }
}

/** Listens until it is disposed. */
export interface InterruptionListener extends Disposable {
  /** Aborts with an {@linkcode Interruption}. */
  readonly signal: AbortSignal;
}

/** Turns SIGINT and SIGTERM into the abort of a signal, instead of the end of this process. */
export function listenForInterruption(): InterruptionListener {
  const abort = new AbortController();
  const onInt = () => abort.abort(new Interruption("SIGINT", 130));
  const onTerm = () => abort.abort(new Interruption("SIGTERM", 143));
  Deno.addSignalListener("SIGINT", onInt);
  Deno.addSignalListener("SIGTERM", onTerm);
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGINT", onInt);
      Deno.removeSignalListener("SIGTERM", onTerm);
    },
  };
}

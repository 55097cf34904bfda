/**
 * What `rusm serve` and `rusm run` say and hear while an app runs.
 *
 * @module
 */

import { type App, AppError } from "@rusm/serve";
import { CommandFailure, EXIT_OK } from "./errors.ts";
import { type Io, print } from "./io.ts";
import { exitCodeOf } from "./process/stop.ts";

/** What a running app is asked for here. */
export type Serving = Pick<App, "gaveUp" | "info" | "stop">;

/**
 * Prints what `app` is, waits for a request to stop, and stops it.
 *
 * @param describe Lines that say what the app is.
 * @returns 0 when the app has stopped; 128 + n when a second request, signal n,
 * came first: then the app is left as it is, for the process to end.
 * @throws {CommandFailure} The residents of the app ended too often. It was
 * stopped then.
 */
export async function waitUntilStopped<Running extends Serving>(
  app: Running,
  io: Io,
  describe: (app: Running) => readonly string[],
): Promise<number> {
  // First of all: who reads that the app is there may stop it.
  const requests = io.listenForStop();
  try {
    const hint = "stop: Ctrl-C, and again to stop at once";
    print(io.stdout, ...describe(app), hint);
    const first = requests.next();
    const failure = await Promise.race([first.then(() => {}), app.gaveUp]);
    print(io.stdout, "stopping");
    // Who has not asked yet is impatient the first time.
    const second = failure instanceof AppError ? first : requests.next();
    const impatient = second.then(exitCodeOf);
    const code = await Promise.race([stop(app, io), impatient]);
    if (!(failure instanceof AppError) || code !== EXIT_OK) return code;
    throw new CommandFailure(failure.message);
  } finally {
    requests.close();
  }
}

async function stop(app: Serving, io: Io): Promise<number> {
  const { started, alive } = app.info();
  await app.stop();
  const processes = `${started} process${started === 1 ? "" : "es"}`;
  print(
    io.stdout,
    `stopped: ${processes} started, ${alive} alive when stopping`,
  );
  return EXIT_OK;
}

/**
 * What `rusm serve` says and hears while an app runs.
 *
 * @module
 */

import type { App } from "@rusm/serve";
import { EXIT_OK } from "./errors.ts";
import { type Io, paint, print } from "./io.ts";
import { exitCodeOf } from "./process/stop.ts";

/** What a running app is asked for here. */
export type Serving = Pick<App, "endpoints" | "info" | "stop">;

/** Columns of an endpoint's label. */
const LABEL_COLUMNS = 16;

/**
 * Prints where `app` can be reached, waits for a request to stop, and stops it.
 *
 * @returns 0 when the app has stopped; 128 + n when a second request, signal n,
 * came first: then the app is left as it is, for the process to end.
 */
export async function waitUntilStopped(app: Serving, io: Io): Promise<number> {
  // First of all: who reads that the app is there may stop it.
  const requests = io.listenForStop();
  try {
    printEndpoints(app, io);
    await requests.next();
    print(io.stdout, "stopping");
    const impatient = requests.next().then(exitCodeOf);
    return await Promise.race([stop(app, io), impatient]);
  } finally {
    requests.close();
  }
}

function printEndpoints({ endpoints }: Serving, io: Io): void {
  const { stdout } = io;
  const rows = endpoints.map(({ label, url }) =>
    `  ${label.padEnd(LABEL_COLUMNS)} ${paint(stdout, "cyan", url)}`
  );
  const [first] = endpoints;
  print(
    stdout,
    `serving ${rows.length} endpoint${rows.length === 1 ? "" : "s"}:`,
    ...rows,
    ...first === undefined ? [] : [`try: curl ${first.url}`],
    "stop: Ctrl-C, and again to stop at once",
  );
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

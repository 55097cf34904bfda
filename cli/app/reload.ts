/**
 * Having a running app take up what is on the disk.
 *
 * @module
 */

import {
  type App,
  AppError,
  EnvFileError,
  loadManifest,
  type Manifest,
  ManifestError,
} from "@rusm/serve";
import { shortenAll } from "../file.ts";
import { type Io, print } from "../io.ts";
import { reloadTexts } from "./reload_texts.ts";

/** What is reloaded, and from where. */
export interface Reloadable {
  /** The app that runs. */
  readonly app: Pick<App, "reload">;
  /** Absolute path of its manifest. */
  readonly path: string;
  /** Counts instead of what the manifest says. */
  readonly overrides: Partial<Manifest>;
}

/**
 * Reloads the app whenever this process is asked to, one time after the other,
 * and prints what came of it. What is wrong is printed, and the app goes on as it
 * was.
 *
 * @returns A function that ends this.
 */
export function reloadWhenAsked(reloadable: Reloadable, io: Io): () => void {
  let last = Promise.resolve();
  return io.onReload(() => {
    last = last.then(() => reload(reloadable, io));
  });
}

async function reload(reloadable: Reloadable, io: Io): Promise<void> {
  try {
    const texts = await takeUp(reloadable);
    const what = texts.length === 0 ? ["nothing has changed"] : texts;
    print(io.stdout, `reloaded: ${what.join(", ")}`);
  } catch (error) {
    // Whatever it is, those who are served are not to suffer for it.
    print(
      io.stderr,
      shortenAll(textOf(error), io.cwd),
      "not reloaded, what ran before goes on",
    );
  }
}

function textOf(error: unknown): string {
  const isUsers = error instanceof ManifestError || error instanceof AppError ||
    error instanceof EnvFileError;
  if (isUsers) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

async function takeUp(
  { app, path, overrides }: Reloadable,
): Promise<readonly string[]> {
  const manifest = await loadManifest(path);
  const reload = await app.reload({ ...manifest, ...overrides });
  const { failure } = reload;
  return [
    ...reloadTexts(reload),
    ...failure === undefined ? [] : [`but ${failure.message}`],
  ];
}

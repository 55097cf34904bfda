/**
 * The app of a session, in the last version that could be taken up.
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
  type Reload,
  startApp,
} from "@rusm/serve";
import type { Complaints, Subject } from "./complaints.ts";

/** What a followed app is made with. */
export interface FollowedAppOptions {
  /** Absolute path of its manifest. */
  readonly manifest: string;
  /** Counts instead of what the manifest says. */
  readonly overrides: Partial<Manifest>;
  /** Where rewritten modules are kept; nowhere when absent. */
  readonly cacheDir: string | undefined;
  /** Told what is wrong. */
  readonly complaints: Complaints;
}

/** An app that becomes what its manifest and artifacts say, as far as it can. */
export class FollowedApp {
  readonly #options: FollowedAppOptions;
  #app: App | undefined;
  #listeners: Manifest["listeners"] = [];
  #gaveUp: Promise<AppError> | undefined;
  #isStopping = false;

  /** Nothing runs yet. */
  constructor(options: FollowedAppOptions) {
    this.#options = options;
  }

  /** The app, unless it could not be started yet. */
  get app(): App | undefined {
    return this.#app;
  }

  /** What it listens on, in the order of its endpoints; none when there is no app. */
  get listeners(): Manifest["listeners"] {
    return this.#listeners;
  }

  /**
   * Has the app take up what its files say now. What is wrong with that is noted,
   * and the app goes on as it was.
   *
   * @param isAsked See {@linkcode Complaints.note}.
   * @param mended Gets what is not wrong any more.
   * @returns `undefined` when nothing could be taken up.
   */
  async takeUp(
    isAsked: boolean,
    mended: Set<Subject>,
  ): Promise<Reload | undefined> {
    try {
      const { manifest: path, overrides } = this.#options;
      const manifest = await loadManifest(path);
      if (this.#app !== undefined && saysNothing(manifest)) {
        return void this.#noteEmpty(isAsked);
      }
      mended.add("manifest");
      const reload = await this.#become({ ...manifest, ...overrides });
      if (reload.failure === undefined) mended.add("app");
      if (reload.started.length > 0) mended.add("residents");
      this.#followResidents(reload);
      return reload;
    } catch (error) {
      // Each is the user's to mend.
      this.#noteFailure(error, isAsked);
      return undefined;
    }
  }

  // Most of them are being written: nobody is to lose connections for that.
  #noteEmpty(isAsked: boolean): void {
    const { manifest, complaints } = this.#options;
    const text = `Cannot take up an empty manifest: ${manifest}`;
    complaints.note("manifest", text, isAsked);
  }

  async #become(manifest: Manifest): Promise<Reload> {
    const reload = await this.#reloadOrStart(manifest);
    this.#listeners = manifest.listeners;
    return reload;
  }

  async #reloadOrStart(manifest: Manifest): Promise<Reload> {
    if (this.#app !== undefined) return await this.#app.reload(manifest);
    const { cacheDir } = this.#options;
    const app = await startApp(manifest, {
      ...(cacheDir === undefined ? {} : { cacheDir }),
    });
    this.#app = app;
    // It was stopped before it was there.
    if (this.#isStopping) await app.stop();
    return startOf(app);
  }

  #noteFailure(error: unknown, isAsked: boolean): void {
    const { complaints } = this.#options;
    if (error instanceof ManifestError) {
      return complaints.note("manifest", error.message, isAsked);
    }
    const isExpected = error instanceof AppError ||
      error instanceof EnvFileError;
    if (!isExpected) throw error;
    if (error instanceof AppError && isTold(error, complaints)) return;
    complaints.note("app", error.message, isAsked);
  }

  #followResidents({ failure }: Reload): void {
    const { complaints } = this.#options;
    if (failure !== undefined) complaints.note("app", failure.message);
    const { gaveUp } = this.#app!;
    if (gaveUp === this.#gaveUp) return;
    this.#gaveUp = gaveUp;
    gaveUp.then(({ message }) => {
      const advice = "Residents are started again with the next change.";
      complaints.note("residents", `${message}\n${advice}`, true);
    });
  }

  /** Stops it. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#app?.stop();
  }
}

function saysNothing({ listeners, components }: Manifest): boolean {
  return listeners.length === 0 && components.size === 0;
}

// Why there is nothing to load was said when it could not be built.
function isTold({ code }: AppError, { subjects }: Complaints): boolean {
  if (code === "stopping") return true;
  const isBroken = subjects.some((each) => each.startsWith("component "));
  return code === "missingArtifact" && isBroken;
}

// An app that has just been started, as if it had run with nothing before.
function startOf(app: App): Reload {
  const running = app.hosted().filter(({ role }) => role !== "onDemand");
  return {
    ...{ changed: [], removed: [], variables: [], rerouted: [], closed: [] },
    added: app.hosted().map(({ name }) => name),
    started: running.map(({ name }) => name),
    opened: app.endpoints,
  };
}

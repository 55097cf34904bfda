/**
 * Apps that tests serve, from the components in `testdata/wasm`.
 *
 * @module
 */

import { createLog, parseManifest, startApp } from "@rusm/serve";
import type { App, LogLevel, StartOptions } from "@rusm/serve";

/** An app that runs, and what it logs. */
export interface Served {
  /** The app. */
  readonly app: App;
  /** Where its first listener is, without a slash at the end. */
  readonly url: string;
  /** Port of its first listener. */
  readonly port: number;
  /** What it has logged and nobody took: one entry for a line and those that belong to it. */
  readonly log: readonly string[];
  /** Waits until it has logged what matches, and takes the first such entry away. */
  logged(pattern: RegExp): Promise<string>;
  /** Waits until no guest lives. */
  idle(): Promise<void>;
}

/** What {@linkcode withApp} does differently. */
export interface ServeOptions extends Pick<StartOptions, "authentications"> {
  /** Directory of the app, without a slash at the end; that of the test's components by default. */
  readonly directory?: string;
  /** The least important level that is logged; `debug` by default. */
  readonly level?: LogLevel;
  /** How long requests in flight get when the test is over, in milliseconds. */
  readonly drainMsMax?: number;
}

/** Directory of the tests' components. */
export const DIRECTORY: string = new URL("testdata", import.meta.url).pathname;

/**
 * Calls `test` with the app of `manifest`, which listens on port 0, and stops
 * the app afterwards.
 */
export async function withApp(
  manifest: string,
  test: (served: Served) => Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  const { directory = DIRECTORY, level = "debug", drainMsMax = 0 } = options;
  const { authentications = new Map() } = options;
  const recorder = new Recorder();
  const log = createLog({
    level,
    sink: (text) => recorder.add(text),
    now: () => 0,
  });
  const parsed = parseManifest(manifest, `${directory}/rusm.toml`);
  const app = await startApp(parsed, { log, drainMsMax, authentications });
  const url = app.endpoints[0]!.url;
  try {
    await test({
      app,
      url,
      port: Number(new URL(url).port),
      log: recorder.texts,
      logged: (pattern) => recorder.take(pattern),
      idle: () => idle(app),
    });
  } finally {
    await app.stop();
  }
}

/** How long something may take to be logged, in milliseconds: far longer than it does. */
const LOGGED_MS_MAX = 15_000;

/** Keeps what is logged until it is taken. */
class Recorder {
  readonly texts: string[] = [];
  readonly #waiting = new Map<RegExp, (text: string) => void>();

  add(text: string): void {
    for (const [pattern, resolve] of this.#waiting) {
      if (!pattern.test(text)) continue;
      this.#waiting.delete(pattern);
      return resolve(text);
    }
    this.texts.push(text);
  }

  take(pattern: RegExp): Promise<string> {
    const at = this.texts.findIndex((text) => pattern.test(text));
    if (at >= 0) return Promise.resolve(this.texts.splice(at, 1)[0]!);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(pattern);
        const log = this.texts.join("");
        reject(new Error(`Cannot find ${pattern} in the log:\n${log}`));
      }, LOGGED_MS_MAX);
      this.#waiting.set(pattern, (text) => {
        clearTimeout(timer);
        resolve(text);
      });
    });
  }
}

// An end is reported in a later turn than the reply that went before it.
async function idle(app: App): Promise<void> {
  while (app.info().alive > 0) {
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** A manifest of one listener that hands everything to `component`, whose profile is `capability`. */
export function manifestOf(component: string, keys = ""): string {
  return `
    [[serve]]
    protocol = "http"
    listen = "127.0.0.1:0"
    component = "${component}"
    ${keys}

    [components.${component}]
  `;
}

/** A manifest of one listener that hands everything to `faults`, whose limits are low. */
export function faultsManifest(keys = ""): string {
  return `${manifestOf("faults", keys)}
    capability = "brief"

    [capabilities.brief]
    max-cpu-ms = 300
    max-memory-mb = 32
  `;
}

/**
 * Apps of a few scripts in an engine of two schedulers.
 *
 * @module
 */

import { formatReason, type Pid } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Capability } from "../../capability.ts";
import type { EngineOptions } from "../../engine_options.ts";
import type { Start } from "../../guests.ts";
import { type WatchedEngine, withEngine } from "../../testdata/workers.ts";

/** A profile that grants nothing. */
export const SANDBOXED: Capability = BUILT_IN_PROFILES.get("sandboxed")!;
/** A profile that grants all that guests can ask for. */
export const TRUSTED: Capability = BUILT_IN_PROFILES.get("trusted")!;

/** What an app is made of. */
export interface AppOptions extends EngineOptions {
  /** What the main component may do; all when absent. */
  readonly capability?: Capability;
  /** How the main component begins. */
  readonly start?: Partial<Start>;
  /** Called before the main component is loaded, and after `others` are. */
  readonly prepared?: (watched: WatchedEngine) => unknown;
  /** Called with the main process, as soon as it is spawned. */
  readonly spawned?: (pid: Pid, watched: WatchedEngine) => unknown;
  /** Body of the function of a process that may do all; its pid is the last argument of the main one. */
  readonly running?: string;
  /** Bodies of functions, by the names of components that may do all. */
  readonly others?: Readonly<Record<string, string>>;
}

/** What became of an app. */
export interface Outcome {
  /** What its processes have logged. */
  readonly lines: string[];
  /** What its main process has ended with. */
  readonly reason: string;
}

/** Loads `others`, runs `main`, the body of an asynchronous function, to its end, and then `look`. */
export async function runApp(
  main: string,
  options: AppOptions = {},
  look: (watched: WatchedEngine) => unknown = () => {},
): Promise<Outcome> {
  const { capability = TRUSTED, start = {}, others = {}, ...more } = options;
  const { running, spawned, prepared, ...rest } = more;
  let outcome: Outcome | undefined;
  await withEngine({ schedulersPerPool: 2, ...rest }, async (watched) => {
    const { engine, lines, ends } = watched;
    for (const [name, body] of Object.entries(others)) {
      engine.register(name, await engine.load(name, script(body), TRUSTED));
    }
    await prepared?.(watched);
    const component = await engine.load("main", script(main), capability);
    const args = [...start.args ?? []];
    if (running !== undefined) {
      const other = await engine.load("running", script(running), TRUSTED);
      args.push(engine.spawn(other, "run").toJSON());
    }
    const pid = engine.spawn(component, { entry: "run", ...start, args });
    await spawned?.(pid, watched);
    const reason = formatReason(await ends.of(pid));
    await look(watched);
    outcome = { lines, reason };
  });
  return outcome!;
}

function script(body: string): string {
  return `const text = (bytes) => new TextDecoder().decode(bytes);
exports.default = async () => {${body}\n};`;
}

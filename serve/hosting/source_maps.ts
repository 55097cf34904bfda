/**
 * From a bundle's stacks to its sources.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import { artifactName } from "../auth/hook_name.ts";
import { join, relative } from "node:path";
import { readMap } from "./artifact.ts";
import { locateFrames, type Origins } from "./origins.ts";

/** What is known of the map of a component. */
interface Known {
  /** Of the map that belongs to the code that runs. */
  readonly mapId: string;
  /** Absent until somebody asks; null when there is none. */
  origins?: Origins | null;
}

/**
 * The source maps of an app's components. A map is read when the first stack
 * comes that it is needed for.
 */
export class SourceMaps {
  readonly #directory: string;
  readonly #components = new Map<string, Known>();

  /** Takes the absolute path of the app, which paths are shown relative to. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Notes which map belongs to the code of a component from now on.
   *
   * @param mapId As its artifact names it; `undefined` when it names none.
   */
  set(component: string, mapId: string | undefined): void {
    if (mapId === undefined) this.#components.delete(component);
    else this.#components.set(component, { mapId });
  }

  /** `text` with the places of the component's bundle as places of its sources. */
  locate(component: string, text: string): string {
    const script = `${component}.js`;
    if (!text.includes(`${script}:`)) return text;
    const origins = this.#originsOf(component);
    if (origins === null) return text;
    return locateFrames(text, script, origins, (file) => this.#shorten(file));
  }

  /** `reason` with its stack located as {@linkcode locate} does. */
  locateReason(component: string, reason: ExitReason): ExitReason {
    if (typeof reason === "string" || reason.type !== "crashed") return reason;
    const { stack } = reason;
    if (stack === undefined) return reason;
    return { ...reason, stack: this.locate(component, stack) };
  }

  #originsOf(component: string): Origins | null {
    const known = this.#components.get(component);
    if (known === undefined) return null;
    if (known.origins === undefined) {
      const path = join(
        this.#directory,
        "wasm",
        `${artifactName(component)}.js.map`,
      );
      known.origins = readMap(path, known.mapId) ?? null;
    }
    return known.origins;
  }

  #shorten(file: string): string {
    const path = relative(this.#directory, file);
    return path.startsWith("..") ? file : path;
  }
}

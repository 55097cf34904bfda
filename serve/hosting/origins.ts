/**
 * Where the parts of a bundle come from.
 *
 * @module
 */

import { SourceMap } from "node:module";
import { resolve } from "node:path";

/** A place in a source file. */
export interface Origin {
  /** Absolute path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units; `undefined` when only the line is known. */
  readonly column: number | undefined;
}

/** Behind the end of any line. */
const COLUMNS_MAX = 2 ** 31 - 1;

/** The places of a bundle, by its source map. */
export class Origins {
  readonly #map: SourceMap;
  readonly #directory: string;

  /**
   * Takes the text of a source map, whose paths are relative to `directory`.
   *
   * @throws {Error} It is none.
   */
  constructor(map: string, directory: string) {
    this.#map = new SourceMap(JSON.parse(map));
    this.#directory = directory;
  }

  /**
   * The origin of a place in the bundle; `undefined` for what the bundler added.
   * Where only the line has one, the place has no column.
   *
   * @param line 1-based.
   * @param column 0-based.
   */
  find(line: number, column: number): Origin | undefined {
    const origin = this.#find(line, column);
    if (origin !== undefined) return origin;
    const lineEnd = this.#find(line, COLUMNS_MAX);
    return lineEnd && { ...lineEnd, column: undefined };
  }

  // The map answers with the nearest mark before a place, on whichever line.
  #find(line: number, column: number): Origin | undefined {
    const entry = this.#map.findEntry(line - 1, column);
    const isHere = "originalSource" in entry &&
      entry.generatedLine === line - 1;
    if (!isHere) return undefined;
    return {
      file: resolve(this.#directory, entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  }
}

/** Frames of one text that are looked up: a guest can write as many as it likes. */
const FRAMES_MAX = 64;

/** Characters that are searched for frames. */
const TEXT_LENGTH_MAX = 64 * 1_024;

/**
 * Puts the origin of each frame of `script` in `text` into its place, such as
 * `components/api/index.ts:3:14` for `api.js:120:9`. What has no origin stays as
 * it is. However long the text is, few frames are looked up.
 *
 * @param script What the frames call the bundle.
 * @param shorten Makes of an absolute path what is shown.
 */
export function locateFrames(
  text: string,
  script: string,
  origins: Pick<Origins, "find">,
  shorten: (file: string) => string,
): string {
  let frames = 0;
  const head = text.slice(0, TEXT_LENGTH_MAX);
  const located = head.replaceAll(patternOf(script), (frame, line, column) => {
    if (++frames > FRAMES_MAX) return frame;
    const origin = origins.find(Number(line), Number(column) - 1);
    if (origin === undefined) return frame;
    const numbers = [origin.line, origin.column].filter((each) => each);
    return [shorten(origin.file), ...numbers].join(":");
  });
  return located + text.slice(TEXT_LENGTH_MAX);
}

// Numbers of any more digits are in no file.
function patternOf(script: string): RegExp {
  return new RegExp(
    `(?<![\\w./-])${RegExp.escape(script)}:(\\d{1,8}):(\\d{1,8})(?!\\d)`,
    "g",
  );
}

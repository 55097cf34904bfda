/**
 * What reading a component throws.
 *
 * @module
 */

/** Where in a component something is. */
export interface Place {
  /** Name of the section as in the specification: `canon`, `core instance` and so on. */
  readonly section: string;
  /** Byte offset in the whole component, 0-based. */
  readonly offset: number;
}

/** A component is malformed, does not fit together, or holds what is not known here. */
export class InvalidComponent extends Error {
  /** Name of the section: `canon section` and so on, or `header`. */
  readonly section: string;
  /** Byte offset in the whole component, 0-based. */
  readonly offset: number;

  /** Tells what cannot be done, with what was found last, and where. */
  constructor(sentence: string, { section, offset }: Place) {
    const place = section === "header" ? section : `${section} section`;
    super(`${sentence} (${place}, offset ${offset})`);
    this.name = "InvalidComponent";
    this.section = place;
    this.offset = offset;
  }
}

/** A component needs what only preview 3 has: streams, futures, threads, async lifting or lowering. */
export class NeedsPreview3 extends Error {
  /** What it needs, each once, in the order of the binary: `stream.new`, `async lift` and so on. */
  readonly features: readonly string[];

  /**
   * Names what it needs.
   *
   * @param hint How it can be run by jco; nothing is said of that when absent.
   */
  constructor(features: readonly string[], hint?: string) {
    const without = hint === undefined ? "" : ` without jco (${hint})`;
    super(
      `Cannot link a component that needs preview 3${without}: ${
        features.join(", ")
      }`,
    );
    this.name = "NeedsPreview3";
    this.features = features;
  }

  /** The same, with how it could be run. */
  withHint(hint: string): NeedsPreview3 {
    return new NeedsPreview3(this.features, hint);
  }
}

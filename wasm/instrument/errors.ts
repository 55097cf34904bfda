/**
 * What the rewriter throws.
 *
 * @module
 */

// By id; what is not in it is named by its number.
// deno-fmt-ignore
const SECTION_NAMES: readonly string[] = [
  "custom", "type", "import", "function", "table", "memory", "global", "export",
  "start", "element", "code", "data", "data count", "tag",
];

/** A module is malformed, or holds what the rewriter does not know or may not let through. */
export class NotRewritable extends Error {
  /** Where: `code section` and so on, or `header`. */
  readonly section: string;
  /** Byte offset in the module, 0-based. */
  readonly offset: number;

  /** Tells what cannot be done, in which section (undefined for the header), and where. */
  constructor(sentence: string, section: number | undefined, offset: number) {
    const place = placeOf(section);
    super(`${sentence}: ${place}, offset ${offset}`);
    this.name = "NotRewritable";
    this.section = place;
    this.offset = offset;
  }
}

function placeOf(section: number | undefined): string {
  if (section === undefined) return "header";
  return `${SECTION_NAMES[section] ?? section} section`;
}

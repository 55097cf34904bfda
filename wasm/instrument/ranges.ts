/**
 * Whether the engine has to be asked about a module as it was.
 *
 * What is added to a module stands behind what is there, in each index space:
 * functions, types, globals and memories. So an index can be in range
 * afterwards that was not, and a guest could reach the epoch by it. And some of
 * what makes a module invalid does not get into what it becomes.
 *
 * Whoever reads a part of a module looks at just that. A module is *sure* if no
 * part can name what is added and each gets into the new one as it was, or was
 * seen to be in order: then it is valid if the new one is. All that is rare is
 * not looked at, but unsure.
 *
 * @module
 */

import { openCustom, readLeniently } from "./custom.ts";
import { Edits } from "./edits.ts";
import { type Limits, readLimits } from "./memory_type.ts";
import { TRAIT } from "./opcode.ts";
import { Reader } from "./reader.ts";
import { scan } from "./scan.ts";
import { SECTION, type Section } from "./sections.ts";

/** How many a module has of what is added to. */
export interface Ranges {
  /** Functions, imported and defined. */
  readonly functions: number;
  /** Globals, imported and defined. */
  readonly globals: number;
  /** Memories, imported and defined. */
  readonly memories: number;
  /** Types. */
  readonly types: number;
}

// Pages that addresses of 32 bits reach, and entries.
const PAGES_MAX = 65_536;
const ENTRIES_MAX = 2 ** 32 - 1;

/** Whether the limits of a memory that are read next are in order, whatever its cap. */
export function isSureMemory(reader: Reader): boolean {
  return isSureWithin(peekLimits(reader), PAGES_MAX);
}

/** Whether the limits of a table that are read next are in order, whatever its cap. */
export function isSureTable(reader: Reader): boolean {
  return isSureWithin(peekLimits(reader), ENTRIES_MAX);
}

function peekLimits(reader: Reader): Limits {
  const { at } = reader;
  const limits = readLimits(reader);
  reader.at = at;
  return limits;
}

function isSureWithin(
  { min, max = min, isShared, is64 }: Limits,
  bound: number,
): boolean {
  return !isShared && !is64 && min <= max && max <= bound;
}

/** Whether no section is rare, and each that is left out has a name that is one. */
export function areSureSections(sections: readonly Section[]): boolean {
  return sections.every((section) => {
    if (section.id === SECTION.tag) return false;
    return !openCustom(section)?.name.includes("\ufffd");
  });
}

// Bit of the flags in front of a segment, besides that of a passive one.
const HAS_MEMORY = 0x02;

/** Whether the segments of memories name no memory, and what fills them is in range. A section that cannot be read is not sure. */
export function areSureSegments(section: Section, ranges: Ranges): boolean {
  return readLeniently(() => readSegments(section, ranges), false);
}

function readSegments(section: Section, ranges: Ranges): boolean {
  const reader = new Reader(section);
  const edits = new Edits();
  const options = { moveFrom: ranges.functions, ranges };
  let traits = 0;
  for (let left = reader.u32(); left > 0; left--) {
    const flags = reader.u32();
    if (flags >= HAS_MEMORY) return false;
    if (flags === 0) traits |= scan(reader, edits, options);
    reader.skip(reader.u32());
    edits.count = 0;
  }
  return (traits & TRAIT.unsure) === 0;
}

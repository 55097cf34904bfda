/**
 * Reads core dumps, with nothing of what writes them but the sections.
 *
 * @see Coredump.md of WebAssembly/tool-conventions.
 *
 * @module
 */

import { Reader } from "../../instrument/reader.ts";
import {
  readSections,
  SECTION,
  type Section,
} from "../../instrument/sections.ts";

/** What a core dump of one process says. */
export interface Core {
  readonly processName: string;
  readonly moduleName: string;
  /** Youngest first. */
  readonly frames: readonly { functionIndex: number; codeOffset: number }[];
  /** Contents, as V8 reads them. */
  readonly memories: readonly Uint8Array[];
  /** Values, as V8 reads them; undefined when they are not there. */
  readonly globals: readonly unknown[];
}

/** Reads `dump`: the custom sections here, the others by V8. */
export function readDump(dump: Uint8Array<ArrayBuffer>): Core {
  const core = customOf(dump, "core");
  core.byte();
  const processName = core.name();
  const modules = customOf(dump, "coremodules");
  modules.u32();
  modules.byte();
  const moduleName = modules.name();
  const stack = customOf(dump, "corestack");
  stack.byte();
  stack.name();
  const frames: Core["frames"][number][] = [];
  stack.vector(() => frames.push(readFrame(stack)));
  stack.end();
  return { processName, moduleName, frames, ...readState(dump) };
}

function readFrame(reader: Reader): Core["frames"][number] {
  const numbers = Array.from({ length: 6 }, () => reader.u32());
  return { functionIndex: numbers[2]!, codeOffset: numbers[3]! };
}

function customOf(dump: Uint8Array, wanted: string): Reader {
  for (const section of readSections(dump)) {
    if (section.id !== SECTION.custom) continue;
    const reader = new Reader(section);
    if (reader.name() === wanted) return reader;
  }
  throw new Error(`Cannot find a section: ${wanted}`);
}

// Exports all memories and globals, and lets V8 make an instance.
function readState(
  dump: Uint8Array<ArrayBuffer>,
): Pick<Core, "memories" | "globals"> {
  const counts = [SECTION.memory, SECTION.global].map((id) =>
    new Reader(sectionOf(dump, id)).u32()
  );
  const names = counts.flatMap((count, kind) =>
    Array.from(
      { length: count },
      (_, index) => [1, 65 + kind * 26 + index, kind + 2, index],
    )
  );
  const contents = [names.length, ...names.flat()];
  const data = sectionOf(dump, SECTION.data);
  const at = dump.lastIndexOf(SECTION.data, data.offset - 2);
  const module = Uint8Array.from([
    ...dump.subarray(0, at),
    ...[SECTION.export, contents.length, ...contents],
    ...dump.subarray(at),
  ]);
  const values = Object.values(
    new WebAssembly.Instance(new WebAssembly.Module(module)).exports,
  );
  return {
    memories: values.filter((value) => value instanceof WebAssembly.Memory)
      .map(({ buffer }) => new Uint8Array(buffer)),
    globals: values.filter((value) => value instanceof WebAssembly.Global)
      .map(({ value }) => value ?? undefined),
  };
}

function sectionOf(dump: Uint8Array, wanted: number): Section {
  const section = readSections(dump).find(({ id }) => id === wanted);
  if (section === undefined) throw new Error(`Cannot find ${wanted}`);
  return section;
}

/** The body of the function of `nth` that a module defines. */
export function functionBody(module: Uint8Array, nth: number): Uint8Array {
  const reader = new Reader(sectionOf(module, SECTION.code));
  const bodies: Uint8Array[] = [];
  reader.vector(() => {
    const size = reader.u32();
    bodies.push(reader.bytes.subarray(reader.at, reader.at + size));
    reader.skip(size);
  });
  return bodies[nth]!;
}

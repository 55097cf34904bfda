/**
 * The sections that only a core dump has: process, module, instance and stack.
 *
 * @module
 */

import { SECTION } from "../instrument/sections.ts";
import type { Writer } from "../instrument/writer.ts";
import { bodyOffsets } from "./body_offsets.ts";
import type { DumpSource } from "./core_dump.ts";
import { globalsCount, writeSection } from "./dump_sections.ts";
import type { GuestFrame } from "./frames.ts";

// Each thing in these sections begins with it.
const VERSION = 0;

/** Writes `core`, `coremodules` and `coreinstances`: one process of one instance of one module. */
export function writeProcess(writer: Writer, source: DumpSource): void {
  writeCustom(writer, "core", (section) => {
    section.byte(VERSION);
    section.name(source.processName);
  });
  writeCustom(writer, "coremodules", (section) => {
    section.u32(1);
    section.byte(VERSION);
    section.name(source.moduleName);
  });
  writeCustom(writer, "coreinstances", (section) => {
    section.u32(1);
    section.byte(VERSION);
    section.u32(0);
    writeIndices(section, source.memories.length);
    writeIndices(section, globalsCount(source.globals));
  });
}

// Those of the instance are those of the dump.
function writeIndices(writer: Writer, count: number): void {
  writer.u32(count);
  for (let index = 0; index < count; index++) writer.u32(index);
}

/** Writes `corestack`: the frames of the guest, without locals and values. */
export function writeStack(writer: Writer, source: DumpSource): void {
  const frames = source.frames.filter((frame): frame is GuestFrame =>
    frame.type === "guest"
  );
  const offsets = frames.map(({ offset }) => offset);
  const starts = source.module && bodyOffsets(source.module, offsets);
  writeCustom(writer, "corestack", (section) => {
    section.byte(VERSION);
    section.name(source.processName);
    section.u32(frames.length);
    frames.forEach(({ functionIndex, offset }, nth) => {
      section.byte(VERSION);
      section.u32(0);
      section.u32(functionIndex);
      section.u32(offset - (starts?.[nth] ?? offset));
      section.u32(0);
      section.u32(0);
    });
  });
}

function writeCustom(
  writer: Writer,
  name: string,
  fill: (section: Writer) => void,
): void {
  writeSection(writer, SECTION.custom, (section) => {
    section.name(name);
    fill(section);
  });
}

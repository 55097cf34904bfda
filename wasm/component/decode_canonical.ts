/**
 * Reads canonical functions: what lifts, lowers, and works on resources.
 *
 * @module
 */

import { readResult } from "./decode_type.ts";
import type { ComponentReader } from "./reader.ts";
import type {
  DefinitionSyntax,
  OptionsSyntax,
  StringEncoding,
} from "./syntax.ts";

/** What stands behind the byte of a function of preview 3. */
type Operand = "index" | "flag" | "options" | "result" | "i32";

// deno-fmt-ignore
const PREVIEW3: ReadonlyMap<number, readonly [name: string, ...Operand[]]> =
  new Map<number, readonly [string, ...Operand[]]>([
    [0x05, ["task.cancel"]],
    [0x06, ["subtask.cancel", "flag"]],
    [0x07, ["resource.drop async", "index"]],
    [0x08, ["backpressure.set"]],
    [0x09, ["task.return", "result", "options"]],
    [0x0a, ["context.get", "i32", "index"]],
    [0x0b, ["context.set", "i32", "index"]],
    [0x0c, ["thread.yield", "flag"]],
    [0x0d, ["subtask.drop"]],
    [0x0e, ["stream.new", "index"]],
    [0x0f, ["stream.read", "index", "options"]],
    [0x10, ["stream.write", "index", "options"]],
    [0x11, ["stream.cancel-read", "index", "flag"]],
    [0x12, ["stream.cancel-write", "index", "flag"]],
    [0x13, ["stream.drop-readable", "index"]],
    [0x14, ["stream.drop-writable", "index"]],
    [0x15, ["future.new", "index"]],
    [0x16, ["future.read", "index", "options"]],
    [0x17, ["future.write", "index", "options"]],
    [0x18, ["future.cancel-read", "index", "flag"]],
    [0x19, ["future.cancel-write", "index", "flag"]],
    [0x1a, ["future.drop-readable", "index"]],
    [0x1b, ["future.drop-writable", "index"]],
    [0x1c, ["error-context.new", "options"]],
    [0x1d, ["error-context.debug-message", "options"]],
    [0x1e, ["error-context.drop"]],
    [0x1f, ["waitable-set.new"]],
    [0x20, ["waitable-set.wait", "flag", "index"]],
    [0x21, ["waitable-set.poll", "flag", "index"]],
    [0x22, ["waitable-set.drop"]],
    [0x23, ["waitable.join"]],
    [0x24, ["backpressure.inc"]],
    [0x25, ["backpressure.dec"]],
    [0x26, ["thread.index"]],
    [0x27, ["thread.new-indirect", "index", "index"]],
    [0x28, ["thread.resume-later"]],
    [0x29, ["thread.suspend", "flag"]],
    [0x2a, ["thread.suspend-then-resume", "flag"]],
    [0x2b, ["thread.yield-then-resume", "flag"]],
    [0x2c, ["thread.suspend-then-promote", "flag"]],
    [0x2d, ["thread.yield-then-promote", "flag"]],
    [0x2e, ["stream.forward", "index"]],
    [0x2f, ["future.forward", "index"]],
    [0x40, ["thread.spawn-ref", "index"]],
    [0x41, ["thread.spawn-indirect", "index", "index"]],
    [0x42, ["thread.available-parallelism"]],
  ]);

const ENCODINGS: readonly StringEncoding[] = ["utf8", "utf16", "latin1+utf16"];

/** Reads a canonical function. What only preview 3 has is noted in the tally. */
export function readCanonical(reader: ComponentReader): DefinitionSyntax {
  const form = reader.byte();
  switch (form) {
    case 0x00: {
      reader.expect(0x00, "a lifted function");
      const core = reader.u32();
      const options = readOptions(reader, "lift");
      return { kind: "lift", core, options, type: reader.u32() };
    }
    case 0x01: {
      reader.expect(0x00, "a lowered function");
      const func = reader.u32();
      return { kind: "lower", func, options: readOptions(reader, "lower") };
    }
    case 0x02:
      return { kind: "resource.new", resource: reader.u32() };
    case 0x03:
      return { kind: "resource.drop", resource: reader.u32() };
    case 0x04:
      return { kind: "resource.rep", resource: reader.u32() };
    default:
      return readPreview3(reader, form);
  }
}

function readPreview3(reader: ComponentReader, form: number): DefinitionSyntax {
  const known = PREVIEW3.get(form);
  if (known === undefined) throw reader.unknown("a canonical function", form);
  const [feature, ...operands] = known;
  reader.tally.preview3.add(feature);
  for (const operand of operands) skipOperand(reader, operand, feature);
  return { kind: "preview3 function", feature };
}

function skipOperand(
  reader: ComponentReader,
  operand: Operand,
  feature: string,
): void {
  switch (operand) {
    case "index":
      return void reader.u32();
    case "flag":
      return void reader.byte();
    case "options":
      return void readOptions(reader, feature);
    case "result":
      return void readResult(reader);
    case "i32":
      return reader.expect(0x7f, `the type of ${feature}`);
  }
}

/** Options by name, as they are read. */
interface Found {
  encoding?: StringEncoding;
  memory?: number;
  realloc?: number;
  postReturn?: number;
  async?: true;
  callback?: number;
}

function readOptions(reader: ComponentReader, feature: string): OptionsSyntax {
  const found: Found = {};
  reader.vector(() => readOption(reader, found));
  if (found.async) reader.tally.preview3.add(`async ${feature}`);
  if (found.callback !== undefined) reader.tally.preview3.add("callback");
  return {
    encoding: found.encoding ?? "utf8",
    memory: found.memory,
    realloc: found.realloc,
    postReturn: found.postReturn,
  };
}

function readOption(reader: ComponentReader, found: Found): void {
  const start = reader.at;
  const form = reader.byte();
  const option = optionOf(reader, form);
  const [name] = Object.keys(option) as (keyof Found)[];
  if (found[name!] !== undefined) {
    throw reader.refusal(`Cannot read an option twice: ${name}`, start);
  }
  Object.assign(found, option);
}

function optionOf(reader: ComponentReader, form: number): Found {
  const encoding = ENCODINGS[form];
  if (encoding !== undefined) return { encoding };
  switch (form) {
    case 0x03:
      return { memory: reader.u32() };
    case 0x04:
      return { realloc: reader.u32() };
    case 0x05:
      return { postReturn: reader.u32() };
    case 0x06:
      return { async: true };
    case 0x07:
      return { callback: reader.u32() };
    case 0x08:
    case 0x09:
      throw reader.unsupported("lifting and lowering by way of GC");
    default:
      throw reader.unknown("a canonical option", form);
  }
}

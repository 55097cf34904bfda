/**
 * What a trap tells: the guest's fault, and where it was.
 *
 * @module
 */

import type { Crash } from "@rusm/otp";
import { ERROR_LENGTH_MAX } from "../limits.ts";
import { type Frame, framesOf, type TrapSource } from "./frames.ts";
import { kindOf, type TrapKind } from "./kinds.ts";
import { NAME_LENGTH_MAX, printable } from "./printable.ts";

/** The guest's fault, as plain data. */
export interface Trap {
  /** What it was. */
  readonly kind: TrapKind;
  /** V8's words for it, printable and cut; `kind` if it has none. */
  readonly message: string;
  /**
   * Where it was, youngest first. Functions that called another in tail
   * position are not there. Empty where V8 keeps no trace: of exceptions, and
   * of segments that do not fit.
   */
  readonly frames: readonly Frame[];
  /** Whether older frames are not there. */
  readonly isCut: boolean;
}

/**
 * The trap that `thrown` is; `undefined` when it is none, but an error of a
 * host function.
 *
 * Never throws. Call it once, before anything reads `thrown.stack`: V8 gives
 * frames once.
 *
 * @param thrown What a call of the guest, or its instantiation, threw.
 * @param source How the module that runs relates to the one that was written.
 *
 * @example
 * ```ts
 * import { trapOf } from "./trap.ts";
 * import { strictEqual } from "node:assert";
 *
 * // (module (func (export "run") unreachable))
 * const bytes = Uint8Array.fromHex(
 *   "0061736d01000000" + "010401600000" + "03020100" +
 *     "0707010372756e0000" + "0a05010300000b",
 * );
 * const module = new WebAssembly.Module(bytes);
 * const { run } = new WebAssembly.Instance(module).exports;
 * try {
 *   (run as () => void)();
 * } catch (thrown) {
 *   strictEqual(trapOf(thrown)?.kind, "unreachable");
 * }
 * ```
 */
export function trapOf(
  thrown: unknown,
  source: TrapSource = {},
): Trap | undefined {
  try {
    if (isException(thrown)) return EXCEPTION;
    return thrown instanceof Error ? trapOfError(thrown, source) : undefined;
  } catch {
    // A proxy or a getter that throws: V8 makes no trap of that kind.
    return undefined;
  }
}

const EXCEPTION: Trap = {
  kind: "uncaught exception",
  message: "uncaught exception",
  frames: [],
  isCut: false,
};

// TypeScript's libraries do not know the class.
const { Exception } = WebAssembly as unknown as {
  readonly Exception: new (...args: never) => object;
};

function isException(thrown: unknown): boolean {
  return thrown instanceof Exception;
}

function trapOfError(error: Error, source: TrapSource): Trap | undefined {
  const kind = kindOf(error);
  if (kind === undefined) return undefined;
  const { frames, isCut } = framesOf(error, source);
  // No frame of the guest: it was the host that recursed.
  if (kind === "call stack exhausted" && frames.length === 0) return undefined;
  const message = printable(String(error.message), NAME_LENGTH_MAX);
  return { kind, message: message || kind, frames, isCut };
}

// What a message names; the stack has the rest.
const MESSAGE_FRAMES_MAX = 8;

/**
 * `trap` as an exit reason: a {@linkcode Crash} named `Trap`, whose message is
 * such as `unreachable: in do_work <- run <- _start`, with one name where a
 * function called itself.
 *
 * @param moduleName Stands in front of offsets, such as `module.wasm`.
 */
export function trapCrash(trap: Trap, moduleName: string): Crash {
  return {
    type: "crashed",
    name: "Trap",
    message: messageOf(trap),
    stack: stackOf(trap, moduleName),
  };
}

function messageOf(trap: Trap): string {
  const names = trap.frames.map(nameOf)
    .filter((name, nth, all) => name !== all[nth - 1]);
  if (names.length === 0) return wordsOf(trap);
  const isCut = trap.isCut || names.length > MESSAGE_FRAMES_MAX;
  const shown = [
    ...names.slice(0, MESSAGE_FRAMES_MAX),
    ...(isCut ? ["…"] : []),
  ];
  return `${wordsOf(trap)}: in ${shown.join(" <- ")}`;
}

function wordsOf({ kind, message }: Trap): string {
  return kind === "unknown" ? message : kind;
}

function nameOf(frame: Frame): string {
  if (frame.type === "host") return "[host]";
  return frame.name ?? `function[${frame.functionIndex}]`;
}

/**
 * `trap` for people: a line that says what, and one for each frame, such as
 * `    at do_work (module.wasm:0x1a2f)`. Offsets are those of the module as it
 * was written, as disassemblers print them.
 *
 * @param moduleName Stands in front of offsets.
 */
export function formatTrap(trap: Trap, moduleName: string): string {
  const stack = stackOf(trap, moduleName);
  const head = `Trap: ${wordsOf(trap)}`;
  return stack === "" ? head : `${head}\n${stack}`;
}

// Whole lines, as many as a stack may have.
function stackOf(trap: Trap, moduleName: string): string {
  const lines: string[] = [];
  let length = 0;
  for (const frame of trap.frames) {
    const line = describeFrame(frame, moduleName);
    length += line.length + 1;
    if (length > ERROR_LENGTH_MAX - OMITTED.length) {
      return [...lines, OMITTED].join("\n");
    }
    lines.push(line);
  }
  return [...lines, ...(trap.isCut ? [OMITTED] : [])].join("\n");
}

const OMITTED = "    …";

function describeFrame(frame: Frame, moduleName: string): string {
  if (frame.type === "host") return "    at [host]";
  const offset = `0x${frame.offset.toString(16)}`;
  return `    at ${nameOf(frame)} (${moduleName}:${offset})`;
}

/**
 * The frames of a guest, by V8's stack traces.
 *
 * V8 records a trace when something is thrown, on fibers too, and formats it
 * when somebody reads it. So nothing here costs anything before.
 *
 * @see V8, "Stack trace API".
 *
 * @module
 */

import { NAME_LENGTH_MAX, printable } from "./printable.ts";

/**
 * How many frames are worth keeping. V8 keeps the youngest
 * `Error.stackTraceLimit`, which is 10 unless a scheduler sets it to this.
 */
export const FRAMES_MAX = 64;

/** A call of a function of the guest. */
export interface GuestFrame {
  /** The tag. */
  readonly type: "guest";
  /** Index of the function in the module as it was before it was rewritten. */
  readonly functionIndex: number;
  /** Its name, printable and cut; undefined without. */
  readonly name: string | undefined;
  /** Byte offset in that module of the instruction that trapped, or of the call. */
  readonly offset: number;
}

/** Calls of host functions, one or more. */
export interface HostFrame {
  /** The tag. */
  readonly type: "host";
}

/** A line of a stack. */
export type Frame = GuestFrame | HostFrame;

/** How a module that runs relates to the one that was written. */
export interface TrapSource {
  /**
   * The offset in the original module of an offset in the one that runs;
   * undefined in functions that were added, which are not shown. Absent when
   * the module was not rewritten.
   */
  readonly originalOffset?: (offset: number) => number | undefined;
  /** Index of a function that was added among the imports; those behind it had another index. */
  readonly overrunIndex?: number;
  /** By how much theirs is higher than it was; 1 when absent. */
  readonly movedBy?: number;
  /** The name of a function by its original index. When absent, or unknown to it, V8's. */
  readonly functionName?: (functionIndex: number) => string | undefined;
}

/** What a trace holds. */
export interface Frames {
  /** Youngest first. No two of the host follow each other, and the oldest is the guest's. */
  readonly frames: readonly Frame[];
  /** Whether older ones are not there: V8 kept no more. */
  readonly isCut: boolean;
}

/**
 * The frames of the guest in the trace of `error`; none if it has no trace, or
 * something read `error.stack` before: V8 formats a trace once.
 *
 * After this `error.stack` is text as ever, with names printable and cut.
 */
export function framesOf(error: Error, source: TrapSource): Frames {
  const limit = Error.stackTraceLimit;
  const sites = sitesOf(error);
  const frames = sites.flatMap((site) => frameOf(site, source) ?? []);
  return {
    frames: withoutSpareHosts(frames),
    // The guest is called by the host, which is there if nothing is left out.
    isCut: sites.length >= limit && sites.at(-1) !== undefined,
  };
}

/** A line of a trace: a frame as V8 has it, or the host's. */
type Site = Omit<GuestFrame, "type"> | undefined;

// Not by the text of a stack, in which names cannot be told from what is around
// them, and in which Deno calls every function `wasm-function[0]`. A call site
// ends in what only V8 writes.
function sitesOf(error: Error): Site[] {
  const { prepareStackTrace } = Error;
  let sites: Site[] = [];
  Error.prepareStackTrace = (error, callSites) => {
    sites = callSites.map(siteOf);
    return textOf(error, callSites, sites);
  };
  try {
    // Reading it formats it, once.
    void error.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  return sites;
}

// As in `wasm-function[12]:0x1a2f`.
const PLACE = /wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/;

function siteOf(callSite: NodeJS.CallSite): Site {
  const place = PLACE.exec(String(callSite));
  if (place === null) return undefined;
  const name = callSite.getFunctionName();
  return {
    functionIndex: Number(place[1]),
    name: name ? printable(name, NAME_LENGTH_MAX) : undefined,
    offset: parseInt(place[2]!, 16),
  };
}

// What others read who log the error.
function textOf(
  error: Error,
  callSites: readonly NodeJS.CallSite[],
  sites: readonly Site[],
): string {
  const lines = sites.map((site, nth) =>
    `    at ${site === undefined ? callSites[nth] : describeSite(site)}`
  );
  return [printable(String(error), NAME_LENGTH_MAX), ...lines].join("\n");
}

function describeSite(
  { functionIndex, name, offset }: NonNullable<Site>,
): string {
  const place = `wasm-function[${functionIndex}]:0x${offset.toString(16)}`;
  return name === undefined ? place : `${name} (${place})`;
}

function frameOf(site: Site, source: TrapSource): Frame | undefined {
  if (site === undefined) return { type: "host" };
  const { originalOffset, functionName } = source;
  const { overrunIndex = Infinity, movedBy = 1 } = source;
  const offset = originalOffset === undefined
    ? site.offset
    : originalOffset(site.offset);
  if (offset === undefined) return undefined;
  const isMoved = site.functionIndex > overrunIndex;
  const functionIndex = site.functionIndex - (isMoved ? movedBy : 0);
  const known = functionName?.(functionIndex);
  const name = known ? printable(known, NAME_LENGTH_MAX) : site.name;
  return { type: "guest", functionIndex, name, offset };
}

function withoutSpareHosts(frames: readonly Frame[]): Frame[] {
  const oldest = frames.findLastIndex(({ type }) => type === "guest");
  return frames.slice(0, oldest + 1).filter(({ type }, nth) =>
    type === "guest" || frames[nth - 1]?.type !== "host"
  );
}

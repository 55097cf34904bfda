/**
 * Text as bytes, with every UTF-16 unit kept: also a lone surrogate, which
 * UTF-8 cannot hold.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** How text is written. */
export const TEXT = {
  /** A byte for each unit. */
  latin1: 0,
  /** UTF-8. */
  utf8: 1,
  /** Two bytes for each unit, the lower first. */
  utf16: 2,
} as const;

/** One of {@linkcode TEXT}. */
export type TextForm = (typeof TEXT)[keyof typeof TEXT];

/** Units up to which a loop is quicker than a call into the encoder. */
const SHORT_LENGTH_MAX = 32;

/** Bytes up to which a look at what was read before is quicker than reading. */
const KNOWN_LENGTH_MAX = 32;

const UNITS_PER_CALL = 4_096;

// One call, however long the text is; `this` can be any bytes.
const { latin1Slice } = Buffer.prototype;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The most bytes that `text` can take. */
export function textBytesMax(text: string): number {
  return 3 * text.length;
}

/** What {@linkcode writeText} did. */
export interface WrittenText {
  /** How the text is written. */
  form: TextForm;
  /** How many bytes it took. */
  length: number;
}

/**
 * Writes `text` into `into` from `at` on, where there is room for
 * {@linkcode textBytesMax}.
 *
 * @param written Told what was done. Made by the caller, so that none is made here.
 */
export function writeText(
  text: string,
  into: Uint8Array,
  at: number,
  written: WrittenText,
): void {
  const { length } = text;
  if (length <= SHORT_LENGTH_MAX && isLatin1(text, into, at)) {
    written.form = TEXT.latin1;
    written.length = length;
  } else if (text.isWellFormed()) {
    written.length = encoder.encodeInto(text, into.subarray(at)).written;
    // ASCII is read more quickly as what it also is.
    written.form = written.length === length ? TEXT.latin1 : TEXT.utf8;
  } else {
    written.form = TEXT.utf16;
    written.length = writeUnits(text, into, at);
  }
}

// Writes as long as it is.
function isLatin1(text: string, into: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0xff) return false;
    into[at + index] = unit;
  }
  return true;
}

function writeUnits(text: string, into: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    into[at + 2 * index] = unit & 0xff;
    into[at + 2 * index + 1] = unit >> 8;
  }
  return 2 * text.length;
}

/** Reads what {@linkcode writeText} wrote. */
export function readText(
  form: TextForm,
  from: Uint8Array,
  start: number,
  end: number,
): string {
  switch (form) {
    case TEXT.latin1:
      return readLatin1(from, start, end);
    case TEXT.utf8:
      return decoder.decode(from.subarray(start, end));
    case TEXT.utf16:
      return readUnits(from, start, end);
  }
}

// What was read before, by a hash. The same few words are read again and again.
const KNOWN: string[] = new Array(256).fill("");

function readLatin1(from: Uint8Array, start: number, end: number): string {
  if (start === end) return "";
  if (end - start > KNOWN_LENGTH_MAX) return latin1Slice.call(from, start, end);
  const middle = from[(start + end) >> 1]!;
  const hash = 31 * from[start]! + 7 * middle + 3 * from[end - 1]! + end -
    start;
  const known = KNOWN[hash & 0xff]!;
  if (isWritten(known, from, start, end)) return known;
  return KNOWN[hash & 0xff] = latin1Slice.call(from, start, end);
}

function isWritten(
  text: string,
  from: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at - start) !== from[at]) return false;
  }
  return true;
}

function readUnits(from: Uint8Array, start: number, end: number): string {
  let text = "";
  let units: number[] = [];
  for (let at = start; at < end; at += 2) {
    units.push(from[at]! | from[at + 1]! << 8);
    if (units.length === UNITS_PER_CALL || at + 2 === end) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text;
}

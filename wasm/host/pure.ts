/**
 * The operations that depend on nothing but their arguments, for every guest
 * at every time.
 *
 * @module
 */

import { type HostValue, OPS } from "../script/ops.ts";
import { decodeText, encodeText, encodingName } from "./encoding.ts";
import { parseUrl, setUrl } from "./url.ts";

/** Whether an operation is pure, and if so its result. */
export type PureAnswer =
  | { readonly isPure: true; readonly value: HostValue }
  | { readonly isPure: false };

const IMPURE: PureAnswer = { isPure: false };

/** Does operation `op` if it is pure. Throws what the operation throws. */
export function pureCall(op: number, args: HostValue[]): PureAnswer {
  const [first, second, third] = args;
  switch (op) {
    case OPS.urlParse:
      return pure(parseUrl(text(first), optionalText(second)));
    case OPS.urlSet:
      return pure(setUrl(text(first), text(second), text(third)));
    case OPS.encodingName:
      return pure(encodingName(text(first)));
    case OPS.decode:
      return pure(decodeText(text(first), Number(second), bytes(third)));
    case OPS.encode:
      return pure(encodeText(text(first)));
    default:
      return IMPURE;
  }
}

function pure(value: HostValue): PureAnswer {
  return { isPure: true, value };
}

/** `value` as text: the prelude sends nothing else. */
export function text(value: HostValue): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot take this for text: ${typeof value}`);
}

/** `value` as text, or undefined. */
export function optionalText(value: HostValue): string | undefined {
  return value === undefined || value === null ? undefined : text(value);
}

/**
 * The id that an operation begins with; NaN when it begins with anything else.
 * To make a number of bytes, JavaScript lists them all as a text first.
 */
export function idOf([first]: readonly HostValue[]): number {
  return typeof first === "number" ? first : NaN;
}

/** `value` as bytes: the prelude sends nothing else. */
export function bytes(value: HostValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`Cannot take this for bytes: ${typeof value}`);
}

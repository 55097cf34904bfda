/**
 * What is sent, as a command line says.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Arguments } from "../../arguments.ts";
import { UsageError } from "../../errors.ts";
import type { Kind, Sent } from "../plan.ts";
import { countValue } from "../quantity.ts";

/** Longest message that is made up, in bytes. */
const SIZE_MAX: number = 64 * 1024 * 1024;

const MESSAGE_BYTES = 64;

/**
 * Reads what `args` ask to send, and the file that they name.
 *
 * @param cwd What files are relative to.
 * @throws {UsageError} It cannot be sent.
 */
export async function sentOf(
  kind: Kind,
  args: Arguments,
  cwd: string,
): Promise<Sent> {
  const { values, flags, lists } = args;
  const method = values.get("method") ?? "GET";
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(method)) {
    throw new UsageError(`Expected a method such as POST: ${method}`);
  }
  const headers = (lists.get("header") ?? []).map(headerOf);
  const body = await bodyOf(kind, args, cwd);
  return { method, headers, body, isBinary: flags.has("binary") };
}

function headerOf(text: string): readonly [string, string] {
  const [, name, value = ""] =
    /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(text) ?? [];
  if (name !== undefined) return [name, value];
  throw new UsageError(`Expected a header such as 'Accept: */*': ${text}`);
}

async function bodyOf(
  kind: Kind,
  args: Arguments,
  cwd: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = args.values.get("body");
  if (text?.startsWith("@")) {
    return await Deno.readFile(resolve(cwd, text.slice(1)));
  }
  if (text !== undefined) return new TextEncoder().encode(text);
  if (kind !== "ws") return new Uint8Array();
  const bounds = { least: 0, most: SIZE_MAX };
  const size = countValue(args, "size", MESSAGE_BYTES, bounds);
  return new Uint8Array(size).fill("x".charCodeAt(0));
}

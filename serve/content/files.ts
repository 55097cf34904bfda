/**
 * Files of a directory that answer requests.
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { answer, unavailable } from "../answer.ts";
import { BODY_PIECE_BYTES } from "../limits.ts";
import { acceptCoding, type Coding } from "./coding.ts";
import { isUnchanged, mayRange, type Version, weakTag } from "./conditions.ts";
import { fileBody, type Piece } from "./file_body.ts";
import { isCompressible, mediaTypeOf } from "./media_type.ts";
import { parseRange } from "./range.ts";

/** What is asked for. */
export interface FileRequest {
  /** `GET` or `HEAD`. */
  readonly method: string;
  /** What the client wrote, for a redirect. */
  readonly path: string;
  /** Of the request. */
  readonly headers: Headers;
  /** Names below the directory, percent-decoded: the client's, so anything. */
  readonly segments: readonly string[];
}

/** A file that was found. */
interface Found {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * Answers with a file below `root`, whose `index.html` stands for it, as it does
 * for each directory; one that is asked for without a last `/` is redirected to.
 *
 * | what is asked for | status |
 * | --- | --- |
 * | a file, or a part of it | 200, 206 |
 * | a directory without its `/` | 308 |
 * | what the client has | 304 |
 * | no file, a name with a dot in front but `.well-known`, what leads out | 404 |
 * | a part behind the end | 416 |
 * | too many files are open, or it is being changed | 503 |
 *
 * A file beside it with `.br` or `.gz` behind the name is sent in its stead to
 * a client that takes it. Links are followed as long as they stay below `root`.
 * Whoever may write below `root` while the node runs can lead out of it.
 *
 * @param root Absolute.
 * @returns The response. A body that is not taken has to be cancelled.
 * @throws {Error} The disk fails, or the node may not read there.
 */
export async function answerWithFile(
  root: string,
  request: FileRequest,
): Promise<Response> {
  try {
    return await respond(await Deno.realPath(root), request);
  } catch (error) {
    // Most of what can go wrong is the client's doing: long names, files as directories.
    const response = answerFor(error);
    if (response === undefined) throw error;
    return response;
  }
}

function answerFor(error: unknown): Response | undefined {
  const code = (error as { code?: unknown }).code;
  if (code === "EMFILE" || code === "ENFILE") return unavailable();
  if (typeof code === "string" && NOT_THERE.has(code)) return answer(404);
  return undefined;
}

const NOT_THERE = new Set([
  ...["EACCES", "EINVAL", "ELOOP", "ENAMETOOLONG", "ENOENT", "ENOTDIR"],
]);

async function respond(root: string, request: FileRequest): Promise<Response> {
  const { segments, path } = request;
  if (!segments.every(isName)) return answer(404);
  const isDirectory = /^[^?]*\/(?:[?]|$)/.test(path);
  const found = await find(root, join(root, ...segments));
  if (found === "directory") {
    if (!isDirectory && segments.length > 0) return redirect(path);
    const index = await find(root, join(root, ...segments, "index.html"));
    return index instanceof Object
      ? await send(root, index, request)
      : answer(404);
  }
  if (found === undefined || isDirectory) return answer(404);
  return await send(root, found, request);
}

// With a dot in front, a file is not for everybody: `.git`, `.env`.
function isName(segment: string): boolean {
  if (segment.startsWith(".") && segment !== ".well-known") return false;
  return !/[/\\\0]/.test(segment);
}

// Relative: what begins with two slashes would be another host.
function redirect(path: string): Response {
  const [beforeQuery = ""] = path.split("?", 1);
  const name = beforeQuery.slice(beforeQuery.lastIndexOf("/") + 1);
  const location = `./${name}/${path.slice(beforeQuery.length)}`;
  return new Response(null, { status: 308, headers: { location } });
}

async function find(
  root: string,
  path: string,
): Promise<Found | "directory" | undefined> {
  const real = await Deno.realPath(path);
  if (!isBelow(root, real)) return undefined;
  const { isFile, isDirectory, size, mtime } = await Deno.stat(real);
  if (isDirectory) return "directory";
  // Of what is neither, reading may never end.
  if (!isFile) return undefined;
  return { path: real, size, modifiedMs: mtime?.getTime() ?? 0 };
}

function isBelow(root: string, real: string): boolean {
  const path = relative(root, real);
  return path === "" || path.split(sep).every(isName);
}

async function send(
  root: string,
  own: Found,
  request: FileRequest,
): Promise<Response> {
  const { headers } = request;
  const type = mediaTypeOf(own.path);
  const encoded = isCompressible(type) && !headers.has("range")
    ? await findEncoded(root, own, headers)
    : undefined;
  const found = encoded ?? own;
  const version = versionOf(found);
  const head = headOf(type, version);
  if (encoded) head.set("content-encoding", encoded.coding);
  if (isUnchanged(headers, version)) return notModified(head);
  return await sendPart(found, version, head, request);
}

/** A file that is there in a coding, too. */
interface Encoded extends Found {
  readonly coding: Coding;
}

const ENDS = { br: ".br", gzip: ".gz", zstd: ".zst" } as const;

// The best of those that the client takes may not be there, but the next.
async function findEncoded(
  root: string,
  { path, modifiedMs }: Found,
  headers: Headers,
): Promise<Encoded | undefined> {
  const accepted = headers.get("accept-encoding") ?? undefined;
  let offered: Coding[] = ["br", "gzip"];
  while (offered.length > 0) {
    const { coding } = acceptCoding(accepted, offered);
    if (coding === undefined) return undefined;
    const found = await findBeside(root, path + ENDS[coding]);
    // One that was made before the file was changed is of another.
    if (found && found.modifiedMs >= modifiedMs) return { ...found, coding };
    offered = offered.filter((other) => other !== coding);
  }
  return undefined;
}

async function findBeside(
  root: string,
  path: string,
): Promise<Found | undefined> {
  try {
    const found = await find(root, path);
    return found === "directory" ? undefined : found;
  } catch (error) {
    // That it is not there is the usual case.
    if (answerFor(error)?.status === 404) return undefined;
    throw error;
  }
}

function versionOf({ size, modifiedMs }: Found): Version {
  return { etag: weakTag(size, modifiedMs), modifiedMs };
}

function headOf(type: string, { etag, modifiedMs }: Version): Headers {
  const head = new Headers({ "content-type": type, etag });
  head.set("x-content-type-options", "nosniff");
  if (modifiedMs > 0) {
    head.set("last-modified", new Date(modifiedMs).toUTCString());
  }
  if (isCompressible(type)) head.set("vary", "accept-encoding");
  return head;
}

function notModified(head: Headers): Response {
  head.delete("content-type");
  head.delete("content-encoding");
  return new Response(null, { status: 304, headers: head });
}

async function sendPart(
  found: Found,
  version: Version,
  head: Headers,
  { method, headers }: FileRequest,
): Promise<Response> {
  const { size } = found;
  if (!head.has("content-encoding")) head.set("accept-ranges", "bytes");
  // RFC 9110, section 14.2: a range is of GET alone.
  const asked = method === "GET" && mayRange(headers, version)
    ? headers.get("range") ?? undefined
    : undefined;
  const range = parseRange(asked, size);
  if (range.type === "unsatisfiable") {
    return answer(416, { "content-range": `bytes */${size}` });
  }
  const isPart = range.type === "part";
  const offset = isPart ? range.first : 0;
  const length = isPart ? range.last - offset + 1 : size;
  if (isPart) {
    head.set("content-range", `bytes ${offset}-${range.last}/${size}`);
  }
  head.set("content-length", String(length));
  const body = method === "HEAD" || length === 0
    ? null
    : await open(found, { offset, length });
  if (body === undefined) return unavailable();
  return new Response(body, { status: isPart ? 206 : 200, headers: head });
}

// What is opened may not be what was found: then it has another tag.
async function open(
  found: Found,
  piece: Piece,
): Promise<BodyInit | undefined> {
  const file = await Deno.open(found.path);
  if (!await isSame(file, found)) {
    file.close();
    return undefined;
  }
  const body = fileBody(file, piece);
  if (piece.length > BODY_PIECE_BYTES) return body;
  // One read, and no stream for the engine to take pieces from.
  return await new Response(body).bytes();
}

async function isSame(file: Deno.FsFile, found: Found): Promise<boolean> {
  try {
    const { size, mtime } = await file.stat();
    return size === found.size && (mtime?.getTime() ?? 0) === found.modifiedMs;
  } catch (error) {
    // Nobody else closes it.
    file.close();
    throw error;
  }
}

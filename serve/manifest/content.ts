/**
 * `[serve.headers]`, `[serve.cors]` and `compression` of the manifest.
 *
 * @module
 */

import { type Coding, CODINGS } from "../content/coding.ts";
import type { Content } from "../content/content.ts";
import type { CorsRules } from "../content/cors.ts";
import {
  type Fields,
  flag,
  integer,
  listOf,
  oneOf,
  readTable,
  type Report,
  reportType,
  requireKeys,
  type Shape,
  table,
  text,
} from "./fields.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

/** The keys of `[[serve]]` that say what is added to responses. */
export const CONTENT = {
  "headers": readHeaders,
  "cors": readCors,
  "compression": readCompression,
} satisfies Shape;

/** What a listener adds to its responses; nothing, when nothing is said. */
export function readContent(
  { headers, cors, compression }: Fields<typeof CONTENT>,
): Content {
  return {
    headers: headers?.value ?? [],
    cors: cors?.value,
    codings: codingsOf(compression?.value ?? false),
  };
}

function codingsOf(
  compression: boolean | readonly Coding[],
): readonly Coding[] {
  if (typeof compression === "object") return compression;
  return compression ? CODINGS : [];
}

const HEADERS = "[serve.headers]";

// The node frames and encodes what it sends: these would make a lie of it.
const OWN_HEADERS: readonly string[] = [
  ...["connection", "content-encoding", "content-length", "content-range"],
  ...["keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "x-request-id"],
];

function readHeaders(
  node: TomlNode,
  label: string,
  report: Report,
): Content["headers"] | undefined {
  const entries = table(node, label, report)?.entries ?? new Map();
  const headers = new Map<string, string>();
  for (const [key, { keyAt, node }] of entries as TomlTable["entries"]) {
    const name = key.toLowerCase();
    const why = whyNoHeader(name, headers);
    if (why) report(keyAt, `Cannot set ${quote(key)} in ${HEADERS}`, why);
    const value = readValue(node, `${quote(key)} in ${HEADERS}`, report);
    if (why === undefined && value !== undefined) headers.set(name, value);
  }
  return [...headers];
}

function whyNoHeader(
  name: string,
  headers: ReadonlyMap<string, string>,
): string | undefined {
  if (!TOKEN.test(name)) return "it is no name of a header";
  if (OWN_HEADERS.includes(name)) return "it is the node's to set";
  return headers.has(name) ? "it is there already" : undefined;
}

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function readValue(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const value = text(node, label, report);
  if (value === undefined || /^[\t\x20-\x7e]*$/.test(value)) return value;
  report(node.at, `Cannot send ${label}`, "write it in printable ASCII");
  return undefined;
}

const CORS = "[serve.cors]";

const CORS_KEYS = {
  "origins": listOf(readOrigin, "a list of origins"),
  "methods": listOf(token, "a list of methods"),
  "headers": listOf(token, "a list of headers"),
  "expose": listOf(token, "a list of headers"),
  "credentials": flag,
  "max_age_seconds": integer(0, 86_400),
} satisfies Shape;

// Those that a page may use without asking.
const METHODS = ["GET", "HEAD", "POST"];

function readCors(
  node: TomlNode,
  label: string,
  report: Report,
): CorsRules | undefined {
  const entry = table(node, label, report);
  if (entry === undefined) return undefined;
  const fields = readTable(entry, CORS, CORS_KEYS, report);
  requireKeys(entry, CORS, ["origins"], report);
  if (fields.credentials?.value) reportStars(fields, report);
  return {
    origins: fields.origins?.value ?? [],
    methods: fields.methods?.value.map((name) => name.toUpperCase()) ?? METHODS,
    headers: fields.headers?.value ?? [],
    expose: fields.expose?.value ?? [],
    credentials: fields.credentials?.value ?? false,
    maxAgeSeconds: fields.max_age_seconds?.value,
  };
}

// Browsers take `*` for a name then, or for nothing at all.
function reportStars(
  { origins, methods, headers, expose }: Fields<typeof CORS_KEYS>,
  report: Report,
): void {
  const lists = { origins, methods, headers, expose };
  for (const [key, list] of Object.entries(lists)) {
    if (!list?.value.includes("*")) continue;
    const hint = `with credentials, each of them has to be named`;
    report(list.at, `Cannot be "*" in ${CORS}: ${quote(key)}`, hint);
  }
}

function readOrigin(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const typed = text(node, label, report);
  if (typed === undefined || typed === "*") return typed;
  const origin = URL.parse(typed)?.origin;
  if (/^https?:/.test(typed) && origin === typed.toLowerCase()) return origin;
  const hint = `write scheme and host, such as "https://a.example", or "*"`;
  report(node.at, `Cannot read an origin of ${label}: ${quote(typed)}`, hint);
  return undefined;
}

function token(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const typed = text(node, label, report);
  if (typed === undefined || TOKEN.test(typed)) return typed;
  const hint = "write the name alone";
  report(node.at, `Cannot read a name of ${label}: ${quote(typed)}`, hint);
  return undefined;
}

const CODINGS_EXPECTED = "true, false or a list of codings";

const readList = listOf(oneOf(CODINGS), CODINGS_EXPECTED);

/** Reads whether there is compression, or the codings, the preferred one first. */
export function readCompression(
  node: TomlNode,
  label: string,
  report: Report,
): boolean | readonly Coding[] | undefined {
  if (node.type === "boolean") return node.value;
  if (node.type === "array") return readList(node, label, report);
  return reportType(node, label, CODINGS_EXPECTED, report);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

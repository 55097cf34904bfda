/**
 * `[serve.tls]` of the manifest: the certificates of a listener.
 *
 * @module
 */

import type { Position } from "../errors.ts";
import {
  type Fields,
  headerOf,
  readTable,
  type Report,
  reportType,
  requireKeys,
  type Shape,
  table,
  text,
} from "./fields.ts";
import type { TomlTable } from "./toml.ts";

/** A certificate and its key, as the manifest names them. */
export interface TlsPair {
  /** Path of the certificate, relative to the app. */
  readonly cert: string;
  /** Path of its key, relative to the app. */
  readonly key: string;
}

/** `[serve.tls]`. */
export interface TlsSite extends TlsPair {
  /** Those for clients that ask for a name: `a.example`, `*.a.example`. In lower case. */
  readonly sni: ReadonlyMap<string, TlsPair>;
  /** Where the manifest declares it. */
  readonly at: Position;
}

const NAME = "[serve.tls]";
const PAIR = { "cert": text, "key": text } satisfies Shape;
const TLS = { ...PAIR, "sni": table } satisfies Shape;

/** Reads `[serve.tls]`; `undefined` when a file is missing in it. */
export function readTls(
  entry: TomlTable,
  report: Report,
): TlsSite | undefined {
  const fields = readTable(entry, NAME, TLS, report);
  const own = readPair(entry, NAME, fields, report);
  const sni = fields.sni ? readSni(fields.sni.value, report) : new Map();
  return own && { ...own, sni, at: entry.at };
}

function readPair(
  entry: TomlTable,
  name: string,
  { cert, key }: Fields<typeof PAIR>,
  report: Report,
): TlsPair | undefined {
  requireKeys(entry, name, ["cert", "key"], report);
  if (cert === undefined || key === undefined) return undefined;
  return { cert: cert.value, key: key.value };
}

function readSni(
  names: TomlTable,
  report: Report,
): ReadonlyMap<string, TlsPair> {
  const pairs = new Map<string, TlsPair>();
  for (const [name, { keyAt, node }] of names.entries) {
    const header = headerOf("serve.tls.sni", name);
    if (!isName(name)) {
      const hint = `write a name, such as "a.example" or "*.a.example"`;
      report(
        keyAt,
        `Cannot be asked for by TLS: ${JSON.stringify(name)}`,
        hint,
      );
    } else if (node.type !== "table") {
      reportType(node, header, "a table", report);
    } else {
      const fields = readTable(node, header, PAIR, report);
      const pair = readPair(node, header, fields, report);
      if (pair) pairs.set(name.toLowerCase(), pair);
    }
  }
  return pairs;
}

function isName(text: string): boolean {
  return /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text);
}

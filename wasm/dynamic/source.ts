/**
 * Where dynamic code comes from.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { reaches } from "../host/network.ts";

/** Where code is, as a source string says. */
export type CodeSource =
  /** In the string itself. */
  | { readonly type: "inline"; readonly code: string }
  /** In the store of the node. */
  | { readonly type: "kv"; readonly bucket: string; readonly key: string }
  /** At an address of `http:` or `https:`. */
  | { readonly type: "url"; readonly url: URL };

/** The forms of a source, for messages. */
export const SOURCE_FORMS =
  "`inline:<code>`, `kv:<bucket>/<key>`, `url:<address>`, or `http(s)://…`";

/** How much of a source a message shows, in characters. */
const SHOWN_MAX = 64;

/**
 * Reads a source string; whitespace around it does not count. The first `/` of
 * `kv:` ends the bucket.
 *
 * @returns A sentence that says what is wrong when it is none.
 */
export function parseSource(source: string): CodeSource | string {
  const text = source.trim();
  const scheme = /^[a-z]+(?=:)/.exec(text)?.[0];
  const rest = text.slice((scheme?.length ?? 0) + 1);
  switch (scheme) {
    case "inline":
      return { type: "inline", code: rest };
    case "kv":
      return kvSource(rest) ??
        `kv source must be \`kv:<bucket>/<key>\`, got ${shown(text)}`;
    case "url":
      return urlSource(rest.trim()) ?? unrecognised(text);
    case "http":
    case "https":
      return urlSource(text) ?? unrecognised(text);
    default:
      return unrecognised(text);
  }
}

function kvSource(path: string): CodeSource | undefined {
  const at = path.indexOf("/");
  if (at <= 0 || at === path.length - 1) return undefined;
  return { type: "kv", bucket: path.slice(0, at), key: path.slice(at + 1) };
}

function urlSource(text: string): CodeSource | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  return { type: "url", url };
}

function unrecognised(text: string): string {
  return `unrecognised bundle source ${shown(text)} (expected ${SOURCE_FORMS})`;
}

function shown(text: string): string {
  const part = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return JSON.stringify(part);
}

/** Why a process of `capability` may not have code from there; undefined when it may. */
export function sourceDenial(
  capability: Capability,
  source: CodeSource,
): string | undefined {
  switch (source.type) {
    case "inline":
      return undefined;
    case "kv":
      return capability.storage
        ? undefined
        : "spawn-from kv denied: missing the storage capability";
    case "url":
      return urlDenial(capability, source.url);
  }
}

/** Why a process of `capability` may not have what is at `url`; undefined when it may. */
export function urlDenial(
  capability: Capability,
  url: URL,
): string | undefined {
  if (capability.network === false) {
    return "spawn-from url denied: missing the network capability";
  }
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  if (reaches(capability, url.hostname, Number(port))) return undefined;
  return `spawn-from url denied: the network capability does not reach ${url.host}`;
}

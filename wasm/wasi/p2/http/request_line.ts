/**
 * What a request says before its headers.
 *
 * @module
 */

import { isToken } from "./fields.ts";
import { URI_LENGTH_MAX } from "./limits.ts";

const METHODS = [
  ...["get", "head", "post", "put", "delete"] as const,
  ...["connect", "options", "trace", "patch"] as const,
] as const;

/** The variant `method`. */
export type Method =
  | { readonly tag: typeof METHODS[number] }
  | { readonly tag: "other"; readonly val: string };

/** The variant `scheme`. */
export type Scheme =
  | { readonly tag: "HTTP" | "HTTPS" }
  | { readonly tag: "other"; readonly val: string };

/** The method that is called `name`, such as `GET`. */
export function methodOf(name: string): Method {
  const tag = METHODS.find((each) => each.toUpperCase() === name);
  return tag === undefined ? { tag: "other", val: name } : { tag };
}

/** What `method` is called in a request. */
export function methodName(method: Method): string {
  return method.tag === "other" ? method.val : method.tag.toUpperCase();
}

/** Whether it can be sent. */
export function isMethod(method: Method): boolean {
  return isShort(methodName(method)) && isToken(methodName(method));
}

/** The scheme of a URL's protocol, such as `http:`. */
export function schemeOf(protocol: string): Scheme {
  if (protocol === "http:") return { tag: "HTTP" };
  if (protocol === "https:") return { tag: "HTTPS" };
  return { tag: "other", val: protocol.slice(0, -1) };
}

/** Whether it can be the beginning of a URL. See RFC 3986, 3.1. */
export function isScheme(scheme: Scheme): boolean {
  return scheme.tag !== "other" ||
    (isShort(scheme.val) && /^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme.val));
}

/** Whether it can be the path and query of a request: nothing that would end the line, or begin a fragment. */
export function isPathWithQuery(text: string): boolean {
  return isShort(text) && /^(?:\*|[/?][!"$-~]*)$/.test(text);
}

/** Where a request goes. */
export interface Authority {
  /** Name or address, without brackets. */
  readonly host: string;
  /** Undefined when it is the scheme's. */
  readonly port: number | undefined;
}

const AUTHORITY =
  /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9\-._~%!$&'()*+,;=]+))(?::([0-9]{0,5}))?$/;

/** Reads host and port of `text`; undefined when it is something else. It has no user. See RFC 3986, 3.2. */
export function authorityOf(text: string): Authority | undefined {
  const match = isShort(text) ? AUTHORITY.exec(text) : null;
  if (match === null) return undefined;
  const [, address, name, digits = ""] = match;
  const port = digits === "" ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  return { host: (address ?? name)!, port };
}

function isShort(text: string): boolean {
  return text.length <= URI_LENGTH_MAX;
}

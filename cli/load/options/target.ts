/**
 * From a URL and what is said of TLS to a target.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Arguments } from "../../arguments.ts";
import { UsageError } from "../../errors.ts";
import type { Kind, Target, TlsOptions } from "../plan.ts";

/** The schemes of each kind, the plain one first, and the ports that they mean. */
export const SCHEMES: Readonly<Record<Kind, Readonly<Record<string, number>>>> =
  {
    http: { "http:": 80, "https:": 443 },
    sse: { "http:": 80, "https:": 443 },
    ws: { "ws:": 80, "wss:": 443 },
    conn: {
      ...{ "tcp:": 0, "tls:": 0, "http:": 80, "https:": 443 },
      ...{ "ws:": 80, "wss:": 443 },
    },
  };

const SECURE: readonly string[] = ["https:", "wss:", "tls:"];

/**
 * Reads whom `args` ask to load, and the certificates that they name.
 *
 * @param cwd What files are relative to.
 * @throws {UsageError} It is no URL of `kind`.
 */
export async function targetOf(
  kind: Kind,
  { operands: [, text = ""], values, lists, flags }: Arguments,
  cwd: string,
): Promise<Target> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usual = url && SCHEMES[kind][url.protocol];
  const port = Number(url?.port || usual);
  if (url === undefined || usual === undefined || !port || !url.hostname) {
    const schemes = Object.keys(SCHEMES[kind]).join(" or ");
    throw new UsageError(`Expected a URL of ${schemes}: ${text}`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const target = { url: text, hostname, port };
  if (!SECURE.includes(url.protocol)) return target;
  const files = lists.get("ca") ?? [];
  const tls: TlsOptions = {
    serverName: values.get("sni") ?? hostname,
    authorities: await Promise.all(
      files.map((file) => Deno.readTextFile(resolve(cwd, file))),
    ),
    isInsecure: flags.has("insecure"),
  };
  return { ...target, tls };
}

/**
 * `preopen` of a capability profile: directories of the host that a guest sees.
 *
 * @module
 */

import { posix, resolve } from "node:path";
import type { Preopen } from "@rusm/wasm";
import type { Position } from "../errors.ts";
import {
  flag,
  listOf,
  readTable,
  type Report,
  requireKeys,
  type Shape,
  table,
  text,
} from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** A preopened directory, and where the manifest says so. */
export interface PreopenSite {
  /** Path on the host, relative to the manifest's directory or absolute. */
  readonly host: string;
  /** Where `host` is in the manifest. */
  readonly at: Position;
  /** Absolute path in the guest, in normal form. */
  readonly guest: string;
  /** Whether writing is denied. */
  readonly readOnly: boolean;
}

/** The preopen as a capability has it; `directory` is the manifest's, absolute. */
export function toPreopen(site: PreopenSite, directory: string): Preopen {
  const { host, guest, readOnly } = site;
  return { host: resolve(directory, host), guest, readOnly };
}

const PREOPEN = {
  "host": text,
  "guest": readGuestPath,
  "read-only": flag,
} satisfies Shape;

/** Reads the list of preopens. Whether the directories exist is not looked at. */
export function readPreopens(
  node: TomlNode,
  label: string,
  report: Report,
): readonly PreopenSite[] | undefined {
  const sites = listOf(readPreopen, "a list of tables")(node, label, report);
  const guests = sites?.map((site) => site.guest) ?? [];
  const twice = guests.find((guest, index) => guests.indexOf(guest) < index);
  if (twice !== undefined) {
    const hint = `choose one directory for ${JSON.stringify(twice)}`;
    report(node.at, `Same guest path twice in ${label}`, hint);
  }
  return sites;
}

function readPreopen(
  node: TomlNode,
  label: string,
  report: Report,
): PreopenSite | undefined {
  const preopen = table(node, label, report);
  if (preopen === undefined) return undefined;
  requireKeys(preopen, label, ["host", "guest"], report);
  const fields = readTable(preopen, label, PREOPEN, report);
  if (fields.host === undefined || fields.guest === undefined) return undefined;
  return {
    host: fields.host.value,
    at: fields.host.at,
    guest: fields.guest.value,
    readOnly: fields["read-only"]?.value ?? true,
  };
}

function readGuestPath(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const path = text(node, label, report);
  if (path === undefined) return undefined;
  if (posix.isAbsolute(path)) return posix.resolve(path);
  report(
    node.at,
    `Relative path for ${label}: ${JSON.stringify(path)}`,
    `start it with "/"`,
  );
  return undefined;
}

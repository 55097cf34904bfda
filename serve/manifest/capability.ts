/**
 * `[capabilities.<name>]` of the manifest: custom capability profiles.
 *
 * @module
 */

import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  knownProfiles,
  type ProfileTable,
} from "@rusm/wasm";
import { parseAddress, parseHostname } from "./address.ts";
import type { Position } from "../errors.ts";
import {
  type Fields,
  flag,
  headerOf,
  integer,
  listOf,
  oneOf,
  readTable,
  type Report,
  type Shape,
  table,
  text,
} from "./fields.ts";
import { type PreopenSite, readPreopens, toPreopen } from "./preopen.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

/** The custom profiles of a manifest. */
export interface CustomProfiles {
  /** By name. A profile with a problem is there, without what was wrong. */
  readonly profiles: ReadonlyMap<string, Capability>;
  /** Every directory that one of them preopens, in file order. */
  readonly preopens: readonly PreopenSite[];
}

/**
 * Reads the custom profiles.
 *
 * Whether a preopened directory exists is not looked at.
 *
 * @param capabilities The table; `undefined` when the manifest has none.
 * @param directory Absolute; `host` paths are relative to it.
 */
export function readCapabilities(
  capabilities: TomlTable | undefined,
  directory: string,
  report: Report,
): CustomProfiles {
  const profiles = new Map<string, Capability>();
  const preopens: PreopenSite[] = [];
  for (const [name, { keyAt, node }] of capabilities?.entries ?? []) {
    reportClash(name, keyAt, report);
    const fields = readProfile(node, name, report);
    profiles.set(name, defineProfile(name, toProfileTable(fields, directory)));
    preopens.push(...fields.preopen?.value ?? []);
  }
  return { profiles, preopens };
}

function reportClash(name: string, at: Position, report: Report): void {
  if (!BUILT_IN_PROFILES.has(name)) return;
  report(
    at,
    `Cannot replace a built-in profile: ${name}`,
    `choose another name than ${knownProfiles()}`,
  );
}

const PROFILE = {
  "inherits": oneOf([...BUILT_IN_PROFILES.keys()]),
  "allow-network": readNetwork,
  "allow-spawn": flag,
  "allow-process-control": flag,
  "allow-stdio": flag,
  "allow-storage": flag,
  "max-memory-mb": integer(4, 4096),
  "max-cpu-ms": integer(1),
  "env": listOf(readVariable, "a list of names"),
  "preopen": readPreopens,
} satisfies Shape;

function readProfile(
  node: TomlNode,
  name: string,
  report: Report,
): Fields<typeof PROFILE> {
  const label = headerOf("capabilities", name);
  const fields = table(node, label, report);
  return fields === undefined ? {} : readTable(fields, label, PROFILE, report);
}

function toProfileTable(
  fields: Fields<typeof PROFILE>,
  directory: string,
): ProfileTable {
  return withoutAbsent<ProfileTable>({
    inherits: fields.inherits?.value,
    network: fields["allow-network"]?.value,
    spawn: fields["allow-spawn"]?.value,
    processControl: fields["allow-process-control"]?.value,
    stdio: fields["allow-stdio"]?.value,
    storage: fields["allow-storage"]?.value,
    memoryMbMax: fields["max-memory-mb"]?.value,
    cpuMsMax: fields["max-cpu-ms"]?.value,
    env: fields.env?.value,
    preopens: fields.preopen?.value.map((site) => toPreopen(site, directory)),
  });
}

// A key that is there with `undefined` would hide what is inherited.
function withoutAbsent<Value extends object>(
  value: { readonly [Key in keyof Value]: Value[Key] | undefined },
): Value {
  const present = Object.entries(value).filter(([, item]) =>
    item !== undefined
  );
  return Object.fromEntries(present) as Value;
}

function readNetwork(
  node: TomlNode,
  label: string,
  report: Report,
): boolean | readonly string[] | undefined {
  return node.type === "boolean"
    ? node.value
    : listOf(readHost, "true, false or a list of hosts")(node, label, report);
}

function readHost(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const host = text(node, label, report);
  if (host === undefined) return undefined;
  if (parseHostname(host) ?? parseAddress(host)) return host;
  report(
    node.at,
    `Cannot read a host of ${label}: ${JSON.stringify(host)}`,
    `write "host" or "host:port", without a scheme or a path`,
  );
  return undefined;
}

function readVariable(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const name = text(node, label, report);
  if (name === undefined || /^[^=\s\0]+$/.test(name)) return name;
  report(
    node.at,
    `Cannot read a name of ${label}: ${JSON.stringify(name)}`,
    `write the name alone, without "=" or spaces`,
  );
  return undefined;
}

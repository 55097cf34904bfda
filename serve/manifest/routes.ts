/**
 * `[serve.routes]` of the manifest.
 *
 * @module
 */

import type { Position } from "../errors.ts";
import { checkComponent, type Components } from "./component.ts";
import { type Report, text } from "./fields.ts";
import { parseRoutes, type RouteTable } from "../routes.ts";
import type { TomlTable } from "./toml.ts";

const NAME = "[serve.routes]";

/**
 * Reads the routes of one listener. Those with a problem are left out.
 *
 * @param table `"METHOD /path"` → `"component#action"`, `"component"` or `"dir:path"`.
 * @param hasActions Whether a target may be a directory, or say what the component is asked to do.
 */
export function readRoutes(
  table: TomlTable,
  components: Components,
  report: Report,
  hasActions: boolean,
): RouteTable {
  if (table.entries.size === 0) {
    report(table.at, `No route in ${NAME}`, `add "GET /" = "component"`);
  }
  const parsed = parseRoutes(readEntries(table, report));
  for (const { key, part, message, hint } of parsed.problems) {
    report(placeOf(table, key, part), message, hint);
  }
  for (const route of parsed.table.routes) {
    const { key, component, action, directory } = route;
    const at = placeOf(table, key, "target");
    if (component === undefined) {
      if (hasActions) continue;
      const where = `route ${JSON.stringify(key)}`;
      const hint = "a connection is handled by a process: write a component";
      report(at, `Unexpected "dir:${directory}" in ${where}`, hint);
      continue;
    }
    if (action !== undefined && !hasActions) {
      const hint = `a connection is handled by a process: write "${component}"`;
      report(
        at,
        `Unexpected "#${action}" in route ${JSON.stringify(key)}`,
        hint,
      );
    }
    checkComponent(component, at, components, report);
  }
  return parsed.table;
}

/** A directory whose files are served, as the manifest names it. */
export interface DirectorySite {
  /** Path, relative to the app. */
  readonly path: string;
  /** Where the manifest has it. */
  readonly at: Position;
}

/**
 * The directories that routes name, in file order.
 *
 * @param entries The tables of `[[serve]]`.
 */
export function readDirectories(
  entries: readonly TomlTable[],
): readonly DirectorySite[] {
  return entries.flatMap(({ entries }) => {
    const routes = entries.get("routes")?.node;
    if (routes?.type !== "table") return [];
    return [...routes.entries.values()].flatMap(({ node }) => {
      const path = node.type === "string" && /^dir:(.+)$/.exec(node.value)?.[1];
      return path ? [{ path, at: node.at }] : [];
    });
  });
}

function readEntries(table: TomlTable, report: Report): [string, string][] {
  return [...table.entries].flatMap(([key, { node }]) => {
    const target = text(node, `${JSON.stringify(key)} in ${NAME}`, report);
    return target === undefined ? [] : [[key, target]];
  });
}

function placeOf(
  table: TomlTable,
  key: string,
  part: "key" | "target",
): Position {
  const entry = table.entries.get(key);
  return (part === "key" ? entry?.keyAt : entry?.node.at) ?? table.at;
}

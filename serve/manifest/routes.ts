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
 * @param table `"METHOD /path"` → `"component#action"` or `"component"`.
 * @param hasActions Whether a target may say what the component is asked to do.
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
  for (const { key, component, action } of parsed.table.routes) {
    const at = placeOf(table, key, "target");
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

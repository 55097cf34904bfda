/**
 * What an app hosts, as a table.
 *
 * @module
 */

import type { Hosted, Role } from "@rusm/serve";

const ROLES: Readonly<Record<Role, string>> = {
  resident: "resident",
  command: "command",
  onDemand: "on demand",
};

/**
 * Lines that say what is hosted: name, when it runs, what it was built into, what
 * it may do, and the pid if there is one. Pure.
 */
export function hostingLines(hosted: readonly Hosted[]): readonly string[] {
  const count = `${hosted.length} component${hosted.length === 1 ? "" : "s"}`;
  const rows = hosted.map(({ name, role, kind, grants, pid }) => [
    ...[name, ROLES[role], kind, grants],
    ...pid === undefined ? [] : [`#${pid}`],
  ]);
  return [`hosting ${count}:`, ...aligned(rows)];
}

/** Columns of a name: as many as of an endpoint's label. */
const NAME_COLUMNS = 16;

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  widths[0] = Math.max(NAME_COLUMNS, widths[0]!);
  return rows.map((row) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `  ${cells.join(" ")}`.trimEnd();
  });
}

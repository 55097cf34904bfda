/**
 * Where an app is reached, as a table.
 *
 * @module
 */

import type { Endpoint } from "@rusm/serve";
import { type Output, paint } from "../io.ts";

/** Columns of an endpoint's label. */
const LABEL_COLUMNS = 16;

/** Lines that say where `endpoints` are, in the colours of `output`. */
export function endpointLines(
  endpoints: readonly Endpoint[],
  output: Output,
): readonly string[] {
  const rows = endpoints.map(({ label, url }) =>
    `  ${label.padEnd(LABEL_COLUMNS)} ${paint(output, "cyan", url)}`
  );
  const [first] = endpoints;
  return [
    `serving ${rows.length} endpoint${rows.length === 1 ? "" : "s"}:`,
    ...rows,
    ...first === undefined ? [] : [`try: curl ${first.url}`],
  ];
}
